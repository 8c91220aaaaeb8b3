import { readFile } from 'node:fs/promises';
import type { PoolOptions, SslOptions } from 'mysql2/promise';
import { SECOND } from '../base/clock.ts';
import type { DatabaseAddress } from '../settings/database-address.ts';

/** How long the server is waited for when a connection is opened. */
const CONNECT_TIMEOUT = 10 * SECOND;
/** Connections that nothing is asked of are closed earlier than any server does it. */
const IDLE_TIMEOUT = 20 * SECOND;

/** A PEM file named in an address that cannot be read. */
export class UnreadablePem extends Error {
  readonly file: string;

  constructor(file: string, cause: unknown) {
    super(`the file ${file} cannot be read`, { cause });
    this.file = file;
  }
}

/** What every pool of connections is told: where, as whom, how secured, in UTF-8 and UTC. Throws `UnreadablePem`. */
export async function poolOptionsOf(address: DatabaseAddress): Promise<PoolOptions> {
  const ssl = await tlsOptions(address);
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
    ...(ssl && { ssl }),
  };
}

/** A database's name for messages: never user or password. */
export const databaseName = ({ host, port, socket, database }: DatabaseAddress): string => `${socket ?? `${host}:${port}`}/${database}`;

async function tlsOptions({ tlsMode, ca, cert, key }: DatabaseAddress): Promise<SslOptions | null> {
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
}

async function pem(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new UnreadablePem(file, error);
  }
}
