import { MINUTE, type Duration } from '../base/clock.ts';
import type { BatchRecord } from '../store/entities.ts';
import { claimantOf, isDead } from './holder.ts';
import type { AudienceContext } from './stage.ts';

/** Longer than the results of a batch usually take to settle; a claim that a dead process left is ended sooner. */
const CLAIM: Duration = 10 * MINUTE;

/** A batch is searched for, settled or given up by one at a time, however often it is announced; `work` gets it as it is then. */
export async function withClaim(context: AudienceContext, record: BatchRecord, work: (record: BatchRecord) => Promise<void>): Promise<void> {
  const { store, clock, holder, random } = context;
  if (record.claimedBy !== null && isDead(record.claimedBy)) await store.releaseBatch(record.id, record.claimedBy);
  const claimant = claimantOf(holder, random);
  const now = clock.now();
  if (!(await store.claimBatch(record.id, claimant, now, now + CLAIM))) return;
  try {
    const current = (await store.batchesInState([record.state], record.account)).find(({ id }) => id === record.id);
    if (current) await work(current);
  } finally {
    await store.releaseBatch(record.id, claimant);
  }
}
