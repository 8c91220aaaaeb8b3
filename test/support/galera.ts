import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMariadb, type MariadbServer } from '../../src/cli/mariadb.ts';
import { aptInstall, INSTALLING } from './apt.ts';
import { FAST, requireMariadb } from './mariadb.ts';

/** Debian's `nobody`: a node that joins copies data by rsync, which gives up its rights when root runs it. */
const NOBODY = 65_534;
const PROVIDER = '/usr/lib/galera/libgalera_smm.so';
const NODES = 3;
/** How soon the others go on without a node that is gone; by default after five seconds and more. */
const IMPATIENT = 'evs.keepalive_period=PT0.3S;evs.suspect_timeout=PT2S;evs.inactive_timeout=PT4S;evs.inactive_check_period=PT0.3S';

/** Three nodes on this machine, each of which takes reads and writes. */
export interface Cluster {
  readonly nodes: readonly MariadbServer[];
  stop(): Promise<void>;
}

/** Starts a cluster with an empty database `store`; installs what it needs, and skips the suite where that cannot be done. */
export const launchGalera = async (suite: Mocha.Context): Promise<Cluster> => {
  requireMariadb(suite);
  if (!existsSync(PROVIDER)) aptInstall('galera-4', 'rsync');
  const folder = mkdtempSync(join(tmpdir(), 'mailchimpsync-galera-'));
  chmodSync(folder, 0o755);
  const programs = existsSync(PROVIDER) && process.getuid?.() === 0 ? transferPrograms(folder) : null;
  if (programs === null) {
    console.log('      no Galera here, and none could be installed (as root): apt-get install galera-4 rsync');
    rmSync(folder, { recursive: true, force: true });
    return suite.skip();
  }
  const ports = await freePorts(3 * NODES);
  const address = (node: number, port: number): string => `127.0.0.1:${ports[3 * node + port] ?? 0}`;
  const nodes: MariadbServer[] = [];
  for (let node = 0; node < NODES; node += 1) {
    const first = node === 0;
    nodes.push(
      await startMariadb({
        dataFolder: join(folder, `node-${node}`),
        ...(first && { database: 'store' }),
        withoutData: !first,
        userId: NOBODY,
        programs,
        options: [
          ...FAST,
          '--innodb-log-file-size=16M',
          '--binlog-format=ROW',
          '--innodb-autoinc-lock-mode=2',
          '--wsrep-on=ON',
          `--wsrep-provider=${PROVIDER}`,
          `--wsrep-cluster-address=gcomm://${first ? '' : address(0, 0)}`,
          `--wsrep-node-address=${address(node, 0)}`,
          `--wsrep-node-name=node-${node}`,
          `--wsrep-provider-options=base_host=127.0.0.1;base_port=${ports[3 * node] ?? 0};gmcast.listen_addr=tcp://${address(node, 0)};ist.recv_addr=${address(node, 1)};${IMPATIENT}`,
          `--wsrep-sst-receive-address=${address(node, 2)}`,
          '--wsrep-sst-method=rsync',
          ...(first ? ['--wsrep-new-cluster'] : []),
        ],
      }),
    );
  }
  return {
    nodes,
    stop: async () => {
      await Promise.all(nodes.map((node) => node.stop('SIGKILL')));
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

/** The programs by which a node that joins gets its data; they lie in a package that starts a server of its own when it is installed. */
const transferPrograms = (folder: string): string | null => {
  spawnSync('apt-get', ['download', 'mariadb-server'], { cwd: folder, stdio: 'ignore', timeout: INSTALLING });
  const [file] = readdirSync(folder).filter((name) => name.endsWith('.deb'));
  if (file === undefined) return null;
  const unpacked = join(folder, 'unpacked');
  spawnSync('dpkg-deb', ['--extract', join(folder, file), unpacked]);
  const programs = join(unpacked, 'usr', 'bin');
  return existsSync(join(programs, 'wsrep_sst_rsync')) ? programs : null;
};

const freePorts = async (count: number): Promise<readonly number[]> => {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  const ports = await Promise.all(
    servers.map((server) => new Promise<number>((resolve) => server.once('listening', () => resolve((server.address() as { port: number }).port)))),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
};
