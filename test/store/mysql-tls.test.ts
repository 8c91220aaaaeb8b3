import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MariadbServer } from '../../src/cli/mariadb.ts';
import { openMysqlStore } from '../../src/store/mysql/mysql-store.ts';
import { aptInstall } from '../support/apt.ts';
import { launchMariadb } from '../support/mariadb.ts';
import { PREFIX } from './mysql-place.ts';

/** A key and a certificate for a host, signed by itself. */
const certificate = (folder: string, host: string): { readonly key: string; readonly cert: string } => {
  const [key, cert] = [join(folder, `${host}.key`), join(folder, `${host}.pem`)];
  const made = spawnSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`, '-keyout', key, '-out', cert], { encoding: 'utf8' });
  assert.equal(made.status, 0, made.stderr);
  return { key, cert };
};

describe('MySQL store: TLS', () => {
  let folder: string;
  let server: MariadbServer;
  let own: string;
  let another: string;
  before(async function () {
    if (spawnSync('openssl', ['version']).status !== 0) aptInstall('openssl');
    folder = mkdtempSync(join(tmpdir(), 'mailchimpsync-tls-'));
    const { key, cert } = certificate(folder, 'localhost');
    own = cert;
    another = certificate(folder, 'elsewhere.example.org').cert;
    ({ server } = await launchMariadb(this, [`--ssl-key=${key}`, `--ssl-cert=${cert}`, `--ssl-ca=${cert}`]));
    assert.ok(server.execute(`CREATE USER careful@localhost IDENTIFIED BY 'x' REQUIRE SSL; GRANT ALL ON store.* TO careful@localhost`));
  });
  after(async () => {
    await server.stop('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });

  /** Opens the store as a user whom the server lets in by TLS only. */
  const open = async (parameters: string): Promise<void> => {
    const store = await openMysqlStore({ url: `${server.url('store').replace('root@', 'careful:x@')}${parameters}`, tablePrefix: PREFIX });
    await store.close();
  };

  it('is not used unless the address asks for it', async () => {
    await assert.rejects(open(''), { code: 'store_unavailable' });
  });

  it('is used without a look at the certificate when it is only required', () => open('&ssl-mode=REQUIRED'));

  it('holds to the certificate that the address names, and to its host', () => open(`&ssl-ca=${encodeURIComponent(own)}`));

  it('refuses a server that another authority has signed', async () => {
    for (const mode of ['', '&ssl-mode=VERIFY_CA']) await assert.rejects(open(`${mode}&ssl-ca=${encodeURIComponent(another)}`), { code: 'store_unavailable' });
  });

  it('refuses a certificate that no authority of this machine knows', async () => {
    await assert.rejects(open('&ssl-mode=VERIFY_CA'), { code: 'store_unavailable' });
  });
});
