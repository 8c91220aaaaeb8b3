import { SyncError } from '../../src/base/errors.ts';

/**
 * The error as a flow may see it. Catch nodes copy an error's `cause` and `stack` into the message, and a cause
 * (an HTTP client's error, say) can hold headers with keys: so the flow gets code, message and stack, redacted, and no cause.
 */
export function catchableError(error: unknown, redact: (text: string) => string): SyncError {
  const text = error instanceof Error ? error.message : String(error);
  const seen = new SyncError(error instanceof SyncError ? error.code : 'internal', redact(text));
  if (error instanceof Error && error.stack !== undefined) seen.stack = redact(error.stack);
  return seen;
}
