import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { SECOND, systemClock, type Duration } from '../base/clock.ts';
import { SyncError } from '../base/errors.ts';

/** A MariaDB server of this program's own, which only the user who runs it can reach: through a socket, without a port. */
export interface MariadbServer {
  readonly processId: number;
  /** The address of a database on it, for the store. */
  url(database: string): string;
  /** Runs a statement as the server's administrator; false when it is refused, or the server cannot be reached. */
  execute(sql: string): boolean;
  /** Ends it as it is meant to be ended, or at once; its data stay. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

export interface MariadbOptions {
  /** Folder of its data, made when it is missing. */
  readonly dataFolder: string;
  /** A database to make, unless it is there. */
  readonly database?: string;
  /** More options of the server. */
  readonly options?: readonly string[];
  /** The server is not given data: it gets them from others. */
  readonly withoutData?: boolean;
  /** The user (and group) that runs it, for a process that may choose; else its own. */
  readonly userId?: number;
  /** Where the server finds programs that it needs, before the usual places. */
  readonly programs?: string;
}

const STARTING: Duration = 60 * SECOND;
const LOOK_AGAIN: Duration = 0.1 * SECOND;

/** Where Debian puts the server is not on the PATH of everybody. */
const found = (name: string): string | null =>
  [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin']
    .map((folder) => join(folder, name))
    .find((file) => existsSync(file)) ?? null;

/** Whether the programs are here that `startMariadb` needs. */
export const isMariadbInstalled = (): boolean => ['mariadbd', 'mariadb-install-db', 'mariadb'].every((name) => found(name) !== null);

const program = (name: string): string => {
  const file = found(name);
  if (file !== null) return file;
  throw new SyncError('store_unavailable', `${name} was not found on this machine. Install MariaDB (on Debian: apt-get install mariadb-server-core mariadb-client-core), or give the mysql:// address of a server.`);
};

/** Starts a server on its data, which are made the first time. Throws `store_unavailable` when it does not come up. */
export const startMariadb = async ({ dataFolder, database, options = [], withoutData = false, userId, programs }: MariadbOptions): Promise<MariadbServer> => {
  // The path of a socket must be short (107 bytes), so it does not lie with the data.
  const ownFolder = mkdtempSync(join(tmpdir(), 'mailchimpsync-'));
  const socket = join(ownFolder, 'mariadb.sock');
  // A server that starts removes what it takes for its own temporary files, also those of another that runs.
  const env = { ...process.env, TMPDIR: ownFolder, ...(programs !== undefined && { PATH: `${programs}${delimiter}${process.env['PATH'] ?? ''}` }) };
  const how = { env, ...(userId !== undefined && { uid: userId, gid: userId }) };
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  if (userId !== undefined) for (const folder of [dataFolder, ownFolder]) chownSync(folder, userId, userId);
  if (!withoutData) makeData(dataFolder, how);
  const child = spawn(program('mariadbd'), ['--no-defaults', ...asUser(how), `--datadir=${dataFolder}`, `--socket=${socket}`, '--skip-networking', '--skip-log-bin', ...options], {
    ...how,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-2000);
  });
  // Whatever ends this process, its server does not outlive it.
  const killed = (): void => void child.kill('SIGKILL');
  process.once('exit', killed);
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => {
      process.removeListener('exit', killed);
      rmSync(ownFolder, { recursive: true, force: true });
      resolve();
    });
  });
  const execute = (sql: string): boolean => spawnSync(program('mariadb'), ['--no-defaults', '--user=root', `--socket=${socket}`, '--execute', sql], { stdio: 'ignore' }).status === 0;
  for (const until = systemClock.now() + STARTING; !execute('SELECT 1'); await systemClock.wait(LOOK_AGAIN)) {
    if (hasEnded(child) || systemClock.now() > until) {
      child.kill('SIGKILL');
      await ended;
      throw new SyncError('store_unavailable', `MariaDB did not start on ${dataFolder}: ${said.trim()}`);
    }
  }
  if (database !== undefined) execute(`CREATE DATABASE IF NOT EXISTS \`${database}\` CHARACTER SET utf8mb4`);
  return {
    processId: child.pid ?? 0,
    url: (name) => `mysql://root@localhost/${name}?socket=${encodeURIComponent(socket)}`,
    execute,
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal);
      await ended;
    },
  };
};

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

/** How a program is started. */
interface How {
  readonly env: NodeJS.ProcessEnv;
  readonly uid?: number;
  readonly gid?: number;
}

/** mariadbd refuses to run as root unless it is told to. */
const asUser = ({ uid = process.getuid?.() }: How): readonly string[] => (uid === 0 ? ['--user=root'] : []);

const makeData = (dataFolder: string, how: How): void => {
  if (existsSync(join(dataFolder, 'mysql'))) return;
  const { status, stderr } = spawnSync(
    program('mariadb-install-db'),
    ['--no-defaults', ...asUser(how), `--datadir=${dataFolder}`, '--auth-root-authentication-method=normal', '--skip-test-db'],
    { ...how, encoding: 'utf8' },
  );
  if (status !== 0) throw new SyncError('store_unavailable', `mariadb-install-db failed on ${dataFolder}: ${stderr.trim().slice(-500)}`);
};
