import { SyncError } from '../../base/errors.ts';

/** Primary result codes, https://www.sqlite.org/rescode.html; the extended ones hold them in their lowest byte. */
const FULL = 13;
const CORRUPT = [11, 26]; // SQLITE_CORRUPT, SQLITE_NOTADB
const BUSY = [5, 6]; // SQLITE_BUSY, SQLITE_LOCKED
const UNREACHABLE = [3, 8, 10, 14]; // SQLITE_PERM, SQLITE_READONLY, SQLITE_IOERR, SQLITE_CANTOPEN
const ENDING = [5, 7, 9, 10, 13]; // SQLITE_BUSY, SQLITE_NOMEM, SQLITE_INTERRUPT, SQLITE_IOERR, SQLITE_FULL
/** Extended codes of a value that is there already. */
const TAKEN = [2067, 1555]; // SQLITE_CONSTRAINT_UNIQUE, SQLITE_CONSTRAINT_PRIMARYKEY

const resultCode = (error: unknown): number | null =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : null;

const primaryCode = (error: unknown): number | null => {
  const code = resultCode(error);
  return code === null ? null : code & 0xff;
};

/** A unique index refused the statement. */
export const isTaken = (error: unknown): boolean => TAKEN.includes(resultCode(error) ?? 0);

/** After such an error SQLite may have undone the transaction by itself: https://www.sqlite.org/lang_transaction.html */
export const mayEndTransaction = (error: unknown): boolean => ENDING.includes(primaryCode(error) ?? 0);

/** Another connection held the lock for longer than we wait. */
export const isBusy = (error: unknown): boolean => BUSY.includes(primaryCode(error) ?? 0);

/** The error that a caller of the store gets; SQLite's messages name tables and columns, never values. */
export const storeError = (error: unknown, file: string): SyncError => {
  if (error instanceof SyncError) return error;
  const detail = error instanceof Error ? error.message : String(error);
  const code = primaryCode(error);
  const cause = { cause: error };
  // JSON.parse is the only thing in the worker that throws a SyntaxError.
  if (error instanceof SyntaxError || (code !== null && CORRUPT.includes(code))) {
    return new SyncError('store_corrupt', `The store ${file} is damaged or not a store (${detail}). Stop the sync and put back a copy, or move the file away to begin anew.`, cause);
  }
  if (code === FULL || fileErrorCode(error) === 'ENOSPC') {
    return new SyncError('store_full', `There is no room left for the store ${file} (${detail}). Free some and run again: nothing was half written.`, cause);
  }
  if (isBusy(error)) {
    return new SyncError('store_unavailable', `The store ${file} is locked by another program (${detail}). Close that program, or give each its own store.`, cause);
  }
  if ((code !== null && UNREACHABLE.includes(code)) || fileErrorCode(error) !== null) {
    return new SyncError('store_unavailable', `The store ${file} cannot be read or written (${detail}). Check that its folder exists and may be written.`, cause);
  }
  return new SyncError('internal', `The store ${file} refused a statement: ${detail}`, cause);
};

const fileErrorCode = (error: unknown): string | null => (error instanceof Error && 'syscall' in error && 'code' in error ? String(error.code) : null);
