import { HOUR, MINUTE, type Duration } from '../base/clock.ts';
import { codeOf, type ErrorCode } from '../base/errors.ts';
import type { UpdateId } from '../base/ids.ts';
import type { Batch } from '../mailchimp/api.ts';
import type { BatchRecord } from '../store/entities.ts';
import { withClaim } from './batch-claim.ts';
import { giveUp } from './give-up.ts';
import { updateOfOperation } from './member-operation.ts';
import { Outage } from './outage.ts';
import { isAbandoned } from './recover.ts';
import type { AudienceContext } from './stage.ts';

/** A batch counts as submitted at Mailchimp's time; ours may differ by as much. */
const CLOCKS: Duration = 5 * MINUTE;
/** As long as a batch that could be ours is not finished, or its results cannot be read, it is waited for. */
const PATIENCE: Duration = 8 * HOUR;
const UNREADABLE: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['batch_result_invalid', 'mailchimp_unreachable']);

/** Whether an error may be about one batch alone, which cannot be read. */
export const isUnreadable = (error: unknown): boolean => UNREADABLE.has(codeOf(error));

/**
 * Batches of which it is not known whether Mailchimp took them (no answer, a reset, a crash while sending): the account's
 * batches of that time are searched, and ours adopted by its operations. What is not found there is of unknown fate, and
 * its members are read one by one.
 */
export async function adoptBatches(context: AudienceContext, signal?: AbortSignal): Promise<{ adopted: number; givenUp: number }> {
  const counts = { adopted: 0, givenUp: 0 };
  const { store, settings, clock } = context;
  for (const record of await store.batchesInState(['sending'], settings.account.label)) {
    if (record.listId !== settings.listId || !isAbandoned(record, clock.now())) continue;
    await withClaim(context, record, async (current) => {
      const found = await search(context, current, signal);
      if (found === 'wait') return;
      if (found) await store.writeBatch(current.id, { batchId: found.id, state: 'submitted', progressAt: clock.now() });
      else await giveUpBatch(context, current, signal);
      counts[found ? 'adopted' : 'givenUp'] += 1;
    });
  }
  return counts;
}

/** Ends a batch that is not waited for any longer: its members are read singly, its rows decided anew. It stays while Mailchimp cannot tell of one. */
export async function giveUpBatch(context: AudienceContext, record: BatchRecord, signal?: AbortSignal): Promise<void> {
  const outage = new Outage();
  for (const update of await context.store.updatesOfBatch(record.id)) {
    signal?.throwIfAborted();
    if (update.side === 'mailchimp' && (update.state === 'sending' || update.state === 'submitted')) await outage.reached(() => giveUp(context, update, signal));
  }
  outage.throwFailure();
  await context.store.writeBatch(record.id, { state: 'given_up' });
}

async function search(context: AudienceContext, record: BatchRecord, signal?: AbortSignal): Promise<Batch | 'wait' | undefined> {
  const ours = new Set((await context.store.updatesOfBatch(record.id)).map((update) => update.id));
  let perhaps = false;
  for (const batch of await context.mailchimp.batchesSince(record.createdAt + context.mailchimp.clockOffset() - CLOCKS, signal)) {
    if (await context.store.batchByBatchId(batch.id)) continue; // known already
    if (batch.totalOperations > 0 && batch.totalOperations !== record.operations) continue;
    const found = await holds(context, batch, ours, signal);
    if (found === true) return batch;
    perhaps ||= found === null;
  }
  return perhaps && context.clock.now() - record.createdAt < PATIENCE ? 'wait' : undefined;
}

/** Whether a batch holds one of these updates; null: that cannot be told yet. */
async function holds(context: AudienceContext, batch: Batch, updates: ReadonlySet<UpdateId>, signal?: AbortSignal): Promise<boolean | null> {
  if (batch.status !== 'finished') return batch.status === 'canceled' ? false : null;
  try {
    for await (const result of context.mailchimp.batchResults(batch.id, signal)) {
      const update = updateOfOperation(context.store.id, result.operationId);
      if (update !== null && updates.has(update)) return true;
    }
    return false;
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    return null;
  }
}
