import { SyncError } from '../../base/errors.ts';
import { UnreadablePem } from '../../mysql/pool-options.ts';

/**
 * Kinds of failure of a read, by the server's error numbers (https://mariadb.com/kb/en/mariadb-error-code-reference/,
 * https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html).
 */
const DENIED = [1044, 1045, 1142, 1143, 1227, 1370, 1698, 3118];
const NO_DATABASE = [1049];
/** No such column or table: not CiviCRM's tables, or of a version that nobody has seen. */
const OTHER_TABLES = [1054, 1146];
/** The connection is gone, or its server is: shutting down, killed, not ready, full of connections. */
const LOST = [1040, 1047, 1053, 1077, 1079, 1203, 1205, 1226, 1317, 1927, 1969, 2006, 2013, 3024, 3169];

interface ServerError extends Error {
  readonly errno?: number;
  readonly code?: string;
  readonly fatal?: boolean;
}

const is = (error: unknown, numbers: readonly number[]): boolean => error instanceof Error && numbers.includes((error as ServerError).errno ?? -1);

/** The connection broke or could not be made: a read may be tried again. Errors of sockets and of mysql2 have no number of a server's. */
export function isLost(error: unknown): boolean {
  if (is(error, LOST)) return true;
  if (!(error instanceof Error) || ((error as ServerError).errno ?? 0) > 0) return false;
  const { code, fatal } = error as ServerError;
  return fatal === true || (code !== undefined && /^(E[A-Z]+|PROTOCOL_\w+|HANDSHAKE_\w+)$/u.test(code));
}

/**
 * The error that a reader's caller gets. It names the server's error, never its text, which may hold user, host or
 * values; the original is left out for the same reason.
 * @param what the table that was read, or what else was asked
 * @param database its name, without user and password
 */
export function databaseError(error: unknown, what: string, database: string): SyncError {
  if (error instanceof SyncError) return error;
  if (error instanceof UnreadablePem) return new SyncError('civicrm_unreachable', `The file ${error.file}, named in \`civicrm.database\`, cannot be read. Correct its path or its permissions.`);
  const where = `CiviCRM's database ${database}, ${what}`;
  const said = detailOf(error);
  if (is(error, DENIED)) return new SyncError('civicrm_unauthorized', `${where}: this user may not read (${said}). Check user and password in \`civicrm.database\`, and that it has SELECT on the tables named in docs/how-to/read-civicrm-by-sql.md.`);
  if (is(error, NO_DATABASE)) return new SyncError('civicrm_unexpected', `${where}: there is no such database (${said}). Correct its name in \`civicrm.database\`.`);
  if (is(error, OTHER_TABLES)) return new SyncError('civicrm_unexpected', `${where}: these are not CiviCRM's tables (${said}). CiviCRM may live in another database than the system around it; check \`civicrm.database\`.`);
  if (isLost(error)) return new SyncError('civicrm_unreachable', `${where}: no connection, or no answer in time (${said}). Check that the server runs and that \`civicrm.database\` is right. The next run tries again.`);
  return new SyncError('civicrm_refused', `${where}: the server refuses a statement (${said}). The log of the server tells more.`);
}

function detailOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  const { code, errno } = error as ServerError;
  if (code === undefined) return errno === undefined ? error.name : `error ${errno}`;
  return errno !== undefined && errno > 0 ? `${code}, ${errno}` : code;
}
