import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isMariadbInstalled, startMariadb, type MariadbServer } from '../../src/cli/mariadb.ts';
import { aptInstall, INSTALLING } from './apt.ts';

/** Durability is of no use to tests; what a killed server had committed survives all the same, in the system's memory. */
export const FAST = ['--innodb-flush-log-at-trx-commit=2', '--innodb-flush-method=nosync', '--skip-innodb-doublewrite', '--innodb-file-per-table=0', '--innodb-buffer-pool-size=64M', '--skip-name-resolve'];

let shared: Promise<MariadbServer> | null = null;
let folders: string[] = [];
let databases = 0;

/** Debian's own packages, where this process may install them; else the suite is skipped by name (with CI=true a failure). */
export const requireMariadb = (suite: Mocha.Context): void => {
  suite.timeout(2 * INSTALLING);
  if (!isMariadbInstalled()) aptInstall('mariadb-server-core', 'mariadb-client-core');
  if (isMariadbInstalled()) return;
  console.log('      no MariaDB here, and none could be installed: apt-get install mariadb-server-core mariadb-client-core');
  suite.skip();
};

/** A server of a suite's own, for suites that kill it. `restart` is a new one on the same data. */
export const launchMariadb = async (suite: Mocha.Context, options: readonly string[] = []): Promise<{ server: MariadbServer; restart(): Promise<MariadbServer> }> => {
  requireMariadb(suite);
  const dataFolder = mkdtempSync(join(tmpdir(), 'mailchimpsync-mariadb-'));
  folders.push(dataFolder);
  const start = (): Promise<MariadbServer> => startMariadb({ dataFolder, database: 'store', options: [...FAST, ...options] });
  return { server: await start(), restart: start };
};

/** The server that all suites share, started by the first that asks. */
const sharedMariadb = async (suite: Mocha.Context): Promise<MariadbServer> => {
  shared ??= launchMariadb(suite).then(({ server }) => server);
  return shared;
};

/** The address of an empty database on the shared server. */
export const emptyDatabase = async (suite: Mocha.Context): Promise<string> => {
  const server = await sharedMariadb(suite);
  databases += 1;
  const name = `store_${databases}`;
  server.execute(`CREATE DATABASE ${name}`);
  return server.url(name);
};

after(async () => {
  const server = await shared?.catch(() => null);
  await server?.stop('SIGKILL');
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  folders = [];
});
