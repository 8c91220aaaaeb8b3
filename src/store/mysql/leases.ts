import type { Duration, Instant } from '../../base/clock.ts';
import type { ListId, RunId } from '../../base/ids.ts';
import { leaseLost } from '../lease-lost.ts';
import type { Lease } from '../store.ts';
import type { Connection } from './connection.ts';

/** An audience's line of the lease table; it stays when the run is over, so that its fence never goes back. */
interface LeaseColumns {
  readonly fence: number;
  readonly run_id: RunId | null;
  readonly holder: string | null;
  readonly leased_until: Instant | null;
}

const MAKE = 'INSERT INTO {lease} (mailchimp_list_id, fence) VALUES (?, 0) ON DUPLICATE KEY UPDATE mailchimp_list_id = VALUES(mailchimp_list_id)';
const CURRENT = 'SELECT fence, run_id, holder, leased_until FROM {lease} WHERE mailchimp_list_id = ?';
const TAKE = 'UPDATE {lease} SET fence = ?, run_id = ?, holder = ?, leased_until = ? WHERE mailchimp_list_id = ?';
const HELD = 'mailchimp_list_id = ? AND run_id = ? AND fence = ?';
/** A write, not a read: of two nodes of a cluster that write at once, one is refused at COMMIT for what both wrote. */
const REQUIRE = `UPDATE {lease} SET writes = writes + 1 WHERE ${HELD}`;
const EXTEND = `UPDATE {lease} SET leased_until = ? WHERE ${HELD}`;
/** The fence grows, should the holder not be dead after all. */
const END_OF = 'UPDATE {lease} SET fence = fence + 1, holder = NULL, leased_until = NULL WHERE mailchimp_list_id = ? AND holder = ?';
const DROP = 'UPDATE {lease} SET run_id = NULL, holder = NULL, leased_until = NULL, writes = writes + 1 WHERE mailchimp_list_id = ?';

/** The audience's lease, locked until the transaction ends, so that whatever is decided by it stays true. */
export const lockedLease = async (connection: Connection, listId: ListId): Promise<LeaseColumns> => {
  await connection.run(MAKE, listId);
  return (await connection.get(`${CURRENT} FOR UPDATE`, listId)) as LeaseColumns;
};

/**
 * Who may take the lease of an audience's running run: `holder` when it had it last, anyone once it has run out.
 * Two stages of one process that want the same run are told apart by the fence, which grows each time.
 */
export const mayTake = (lease: LeaseColumns, holder: string, now: Instant): boolean => lease.holder === holder || hasRunOut(lease, now);

export const hasRunOut = (lease: LeaseColumns, now: Instant): boolean => lease.leased_until === null || lease.leased_until <= now;

/** Takes a locked lease, from whoever has it. */
export const takeLease = async (connection: Connection, lease: LeaseColumns, listId: ListId, runId: RunId, holder: string, until: Instant): Promise<Lease> => {
  const fence = lease.fence + 1;
  await connection.run(TAKE, fence, runId, holder, until, listId);
  return { listId, runId, fence };
};

/**
 * Throws `lease_lost` unless the lease is the audience's current one. A lease that has run out and that nobody took
 * still holds: its fence proves that no other wrote in between.
 */
export const requireLease = async (connection: Connection, listId: ListId, lease: Lease): Promise<void> => {
  if (lease.listId === listId && (await connection.run(REQUIRE, listId, lease.runId, lease.fence)).changes === 1) return;
  throw leaseLost(lease);
};

/** Renews a lease; throws `lease_lost` as `requireLease` does. */
export const extendLease = async (connection: Connection, lease: Lease, now: Instant, duration: Duration): Promise<void> => {
  if ((await connection.run(EXTEND, now + duration, lease.listId, lease.runId, lease.fence)).changes === 1) return;
  throw leaseLost(lease);
};

/** Who holds the audience, or held it last in a run that is not over. */
export const leaseHolder = async (connection: Connection, listId: ListId): Promise<string | null> =>
  ((await connection.get(CURRENT, listId)) as LeaseColumns | null)?.holder ?? null;

/** Leaves the run of a dead holder to whoever asks next. */
export const endLeaseOf = async (connection: Connection, listId: ListId, holder: string): Promise<void> => {
  await connection.run(END_OF, listId, holder);
};

/** Leaves the audience free. */
export const dropLease = async (connection: Connection, listId: ListId): Promise<void> => {
  await connection.run(DROP, listId);
};
