import { SyncError } from '../../base/errors.ts';

/**
 * Kinds of failure by the server's error numbers (https://mariadb.com/kb/en/mariadb-error-code-reference/,
 * https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html).
 */
const CLASHED = [1205, 1213, 1020]; // lock wait timeout, deadlock (at COMMIT: certification in a Galera cluster), record changed
const TAKEN = [1062]; // duplicate entry
const HAS_INDEX = [1061]; // duplicate key name
const HAS_NO_INDEX = [1091]; // can't drop, check that it exists
/** The connection is gone, or its server takes no (more) writes: shutting down, killed, cluster node not ready, read-only after a failover. */
const LOST = [1047, 1053, 1077, 1079, 1290, 1317, 1792, 1836, 1927, 2006, 2013, 3169];
const FULL = [1021, 1114]; // disk full, table full
const FULL_INSIDE = [3, 20, 1026, 1030]; // errors of writing that name the system's own: 28 is ENOSPC
const CROWDED = [1040, 1203, 1226]; // too many connections, of all or of this user
const DENIED = [1044, 1045, 1142, 1143, 1227, 1370, 1698, 3118];
const NO_DATABASE = [1049];
const DAMAGED = [126, 127, 145, 1034, 1035, 1051, 1054, 1146, 1194, 1195, 1877];

interface ServerError extends Error {
  readonly errno?: number;
  readonly code?: string;
  readonly fatal?: boolean;
}

const numberOf = (error: unknown): number | null => {
  const errno = error instanceof Error ? (error as ServerError).errno : undefined;
  return typeof errno === 'number' ? errno : null;
};

const is = (error: unknown, numbers: readonly number[]): boolean => numbers.includes(numberOf(error) ?? -1);

/** A unique index refused the statement. */
export const isTaken = (error: unknown): boolean => is(error, TAKEN);

/** An index of that name is there already. */
export const hasIndex = (error: unknown): boolean => is(error, HAS_INDEX);

/** There is no index of that name. */
export const hasNoIndex = (error: unknown): boolean => is(error, HAS_NO_INDEX);

/** Another transaction took a value between this one's reading and its writing. */
class TakenMeanwhile extends Error {
  override readonly name = 'TakenMeanwhile';
}

/** For what is inserted only where nothing was found: whoever was there first is found the next time. */
export const throwTakenMeanwhile = (error: unknown): never => {
  throw isTaken(error) ? new TakenMeanwhile() : error;
};

/** Another transaction was in the way, and this one was undone: it may be tried again as a whole. */
export const isClash = (error: unknown): boolean => error instanceof TakenMeanwhile || is(error, CLASHED);

/** The connection broke, or could not be made; what was under way may have been done or not. */
export const isLost = (error: unknown): boolean => is(error, LOST) || isOfTheConnection(error);

/** Errors without a number of the server's: mysql2's own and those of sockets, whose numbers are negative. */
const isOfTheConnection = (error: unknown): boolean => {
  if (!(error instanceof Error) || (numberOf(error) ?? 0) > 0) return false;
  const { code, fatal } = error as ServerError;
  return fatal === true || (code !== undefined && /^(E[A-Z]+|PROTOCOL_\w+|HANDSHAKE_\w+)$/u.test(code));
};

const isFull = (error: unknown): boolean => is(error, FULL) || (is(error, FULL_INSIDE) && error instanceof Error && /\b28\b/u.test(error.message));

/**
 * The error that a caller of the store gets. It names the server's error, never its text, which may hold values
 * ("Duplicate entry 'ann@example.org'"); the original is left out for the same reason.
 */
export const storeError = (error: unknown, name: string): SyncError => {
  if (error instanceof SyncError) return error;
  const detail = detailOf(error);
  // JSON.parse is the only thing in the store that throws a SyntaxError.
  if (error instanceof SyntaxError || is(error, DAMAGED)) {
    return new SyncError('store_corrupt', `The store ${name} is damaged, or its tables were changed by hand (${detail}). Stop the sync and put back a backup, or use another table prefix to begin anew.`);
  }
  if (isFull(error)) {
    return new SyncError('store_full', `There is no room left for the store ${name} (${detail}). Free some on the database's server and run again: nothing was half written.`);
  }
  if (is(error, DENIED)) {
    return new SyncError('store_unavailable', `The store ${name} refuses this user (${detail}). Check user and password in the address, and the rights of the user.`);
  }
  if (is(error, NO_DATABASE)) {
    return new SyncError('store_unavailable', `The store ${name} does not exist (${detail}). Create the database, or correct its name in the address.`);
  }
  if (is(error, CROWDED)) {
    return new SyncError('store_unavailable', `The store ${name} has no connection left (${detail}). Raise the server's limit, or set "connections" in the address lower.`);
  }
  if (isClash(error)) {
    return new SyncError('store_unavailable', `The store ${name} is locked by others for too long (${detail}). Nothing was half written; run again, and see what else writes these tables.`);
  }
  if (isLost(error)) {
    return new SyncError('store_unavailable', `The store ${name} cannot be reached or takes no writes (${detail}). Check that the server runs and that its address is right; the next run goes on where this one stood.`);
  }
  return new SyncError('internal', `The store ${name} refused a statement: ${detail}`);
};

const detailOf = (error: unknown): string => {
  if (!(error instanceof Error)) return 'unknown error';
  const { code, errno } = error as ServerError;
  if (code !== undefined) return errno !== undefined && errno > 0 ? `${code}, ${errno}` : code;
  return errno === undefined ? error.name : `error ${errno}`;
};
