import { readFile } from 'node:fs/promises';
import type { PoolOptions, SslOptions } from 'mysql2/promise';
import { SECOND } from '../../base/clock.ts';
import { SyncError } from '../../base/errors.ts';
import { readDatabaseAddress, type DatabaseAddress } from '../../settings/database-address.ts';

/** How long the server is waited for when a connection is opened. */
const CONNECT_TIMEOUT = 10 * SECOND;
/** Connections that nothing is asked of are closed earlier than the server does it (`wait_timeout` in database.ts). */
const IDLE_TIMEOUT = 20 * SECOND;
/** Statements that stay prepared in a connection; the server counts those of all (`max_prepared_stmt_count`). */
const PREPARED_STATEMENTS = 200;

/** The address of the store's database. Throws `settings_invalid` when it is none. */
export const addressOf = (url: string): DatabaseAddress => {
  const address = readDatabaseAddress(url);
  if ('problem' in address) throw new SyncError('settings_invalid', `The address of the store's database: ${address.problem}.`);
  return address;
};

/** A database's name for messages: never user or password. */
export const nameOf = ({ host, port, socket, database }: DatabaseAddress): string => `${socket ?? `${host}:${port}`}/${database}`;

/** Options of a pool of connections. Throws `store_unavailable` when a PEM file cannot be read. */
export const poolOptions = async (address: DatabaseAddress): Promise<PoolOptions> => {
  const tls = await tlsOptions(address);
  return {
    ...(address.socket === null ? { host: address.host, port: address.port } : { socketPath: address.socket }),
    user: address.user,
    password: address.password,
    database: address.database,
    charset: 'utf8mb4',
    timezone: 'Z',
    supportBigNumbers: true,
    connectTimeout: CONNECT_TIMEOUT,
    connectionLimit: address.connections,
    // Below the limit, else mysql2 never closes an idle connection.
    maxIdle: address.connections - 1,
    idleTimeout: IDLE_TIMEOUT,
    maxPreparedStatements: PREPARED_STATEMENTS,
    ...(tls && { ssl: tls }),
    // Keys are VARBINARY, so that they are compared byte by byte; they are texts all the same.
    typeCast: (field, next) => (TEXTS.includes(field.type) ? field.string('utf8') : next()),
  };
};

const TEXTS = ['VAR_STRING', 'STRING', 'VARCHAR', 'BLOB', 'MEDIUM_BLOB', 'LONG_BLOB'];

const tlsOptions = async ({ tlsMode, ca, cert, key }: DatabaseAddress): Promise<SslOptions | null> => {
  if (tlsMode === 'DISABLED') return null;
  return {
    minVersion: 'TLSv1.2',
    rejectUnauthorized: tlsMode !== 'REQUIRED',
    // Without it mysql2 checks who signed the certificate, not whose it is.
    verifyIdentity: tlsMode === 'VERIFY_IDENTITY',
    ...(ca !== null && { ca: await pem(ca) }),
    ...(cert !== null && { cert: await pem(cert) }),
    ...(key !== null && { key: await pem(key) }),
  };
};

const pem = async (file: string): Promise<Buffer> => {
  try {
    return await readFile(file);
  } catch (error) {
    throw new SyncError('store_unavailable', `The file ${file}, named in the address of the store's database, cannot be read.`, { cause: error });
  }
};
