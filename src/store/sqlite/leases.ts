import type { Duration, Instant } from '../../base/clock.ts';
import type { ListId, RunId } from '../../base/ids.ts';
import { leaseLost } from '../lease-lost.ts';
import type { Lease } from '../store.ts';
import type { Database } from './database.ts';

/** An audience's line of `mailchimpsync_lease`; it stays when the run is over, so that its fence never goes back. */
interface LeaseColumns {
  readonly fence: number;
  readonly run_id: RunId | null;
  readonly holder: string | null;
  readonly leased_until: Instant | null;
}

const CURRENT = 'SELECT fence, run_id, holder, leased_until FROM mailchimpsync_lease WHERE mailchimp_list_id = ?';
const TAKE = `
  INSERT INTO mailchimpsync_lease (mailchimp_list_id, fence, run_id, holder, leased_until) VALUES (?1, 1, ?2, ?3, ?4)
  ON CONFLICT (mailchimp_list_id) DO UPDATE SET fence = fence + 1, run_id = ?2, holder = ?3, leased_until = ?4`;
const EXTEND = 'UPDATE mailchimpsync_lease SET leased_until = ? WHERE mailchimp_list_id = ?';
/** The fence grows, should the holder not be dead after all. */
const END_OF = `
  UPDATE mailchimpsync_lease SET fence = fence + 1, holder = NULL, leased_until = NULL WHERE mailchimp_list_id = ? AND holder = ?`;
const DROP = 'UPDATE mailchimpsync_lease SET run_id = NULL, holder = NULL, leased_until = NULL WHERE mailchimp_list_id = ?';

/**
 * Who may take the lease of an audience's running run: `holder` when it had it last, anyone once it has run out.
 * Two stages of one process that want the same run are told apart by the fence, which grows each time.
 */
export const mayTake = (database: Database, listId: ListId, holder: string, now: Instant): boolean => {
  const lease = current(database, listId);
  return lease === null || lease.holder === holder || hasRunOut(lease, now);
};

/** The audience's lease has run out, or nobody has it. */
export const leaseHasRunOut = (database: Database, listId: ListId, now: Instant): boolean => {
  const lease = current(database, listId);
  return lease === null || hasRunOut(lease, now);
};

const current = (database: Database, listId: ListId): LeaseColumns | null => database.get(CURRENT, listId) as LeaseColumns | null;

const hasRunOut = (lease: LeaseColumns, now: Instant): boolean => lease.leased_until === null || lease.leased_until <= now;

/** Takes the lease, from whoever has it: only within a write, after asking `mayTake`. */
export const takeLease = (database: Database, listId: ListId, runId: RunId, holder: string, until: Instant): Lease => {
  database.run(TAKE, listId, runId, holder, until);
  const fence = current(database, listId)?.fence ?? 0;
  return { listId, runId, fence };
};

/**
 * Throws `lease_lost` unless the lease is the audience's current one. A lease that has run out and that nobody took
 * still holds: its fence proves that no other wrote in between.
 */
export const requireLease = (database: Database, listId: ListId, lease: Lease): void => {
  const found = current(database, listId);
  if (lease.listId === listId && found?.run_id === lease.runId && found.fence === lease.fence) return;
  throw leaseLost(lease);
};

/** Who holds the audience, or held it last in a run that is not over. */
export const leaseHolder = (database: Database, listId: ListId): string | null => current(database, listId)?.holder ?? null;

/** Leaves the run of a dead holder to whoever asks next. */
export const endLeaseOf = (database: Database, listId: ListId, holder: string): void => {
  database.run(END_OF, listId, holder);
};

/** Renews a lease that `requireLease` has passed. */
export const extendLease = (database: Database, lease: Lease, now: Instant, duration: Duration): void => {
  database.run(EXTEND, now + duration, lease.listId);
};

/** Leaves the audience free. */
export const dropLease = (database: Database, listId: ListId): void => {
  database.run(DROP, listId);
};
