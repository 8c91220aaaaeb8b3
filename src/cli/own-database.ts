import { join, resolve } from 'node:path';
import type { Environment } from '../settings/environment.ts';
import { startMariadb, type MariadbServer } from './mariadb.ts';

/** Says which store: `sqlite`, `mysql` for a server that this command starts, or the address of one. */
export const STORE_CHOICE = 'MAILCHIMPSYNC_STORE';

const DATABASE = 'mailchimpsync';
const DATA_FOLDER = 'mariadb';

/**
 * Starts a MariaDB on data in the user directory when the environment asks for it, and puts its address in place of
 * the wish. Null: nobody asked.
 */
export const startOwnDatabase = async (userDirectory: string, env: NodeJS.ProcessEnv & Environment): Promise<MariadbServer | null> => {
  if (env[STORE_CHOICE] !== 'mysql') return null;
  const server = await startMariadb({ dataFolder: join(resolve(userDirectory), DATA_FOLDER), database: DATABASE });
  env[STORE_CHOICE] = server.url(DATABASE);
  return server;
};
