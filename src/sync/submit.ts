import { MINUTE, type Duration } from '../base/clock.ts';
import { SyncError } from '../base/errors.ts';
import type { UpdateId } from '../base/ids.ts';
import { MaybeDone, NotDone } from '../mailchimp/send-errors.ts';
import type { OperationAnswer } from '../mailchimp/api.ts';
import type { MailchimpUpdate } from '../store/entities.ts';
import type { Unit } from '../store/store.ts';
import { adoptBatches } from './adopt-batches.ts';
import { inChunks } from './collections.ts';
import { commitOptions } from './commit.ts';
import { giveUp } from './give-up.ts';
import { claimantOf } from './holder.ts';
import { operationFor, operationIdOf } from './member-operation.ts';
import { pagesOfUpdates } from './pages.ts';
import { settle, type Settled } from './settle.ts';
import type { AudienceContext, Counts, StageContext } from './stage.ts';

/** Operations a batch (the source's number; Mailchimp documents none). */
const BATCH = 1000;
/** Longer than a request may take; a claim that a dead process left is ended sooner. */
const CLAIM: Duration = 5 * MINUTE;

/**
 * Stage 10 (`submitUpdates`): sends what is queued, in batches; a handful goes singly and at once instead. So does what
 * Mailchimp takes no batch for: it counts the events of batches that no webhook could deliver, up to 500 (facts/mailchimp.md).
 * @param of what of it; without: all
 */
export async function submit(context: StageContext, of: (update: MailchimpUpdate) => boolean = () => true): Promise<Counts> {
  await adoptBatches(context, context.signal);
  const queued = await queuedUpdates(context, of);
  if (queued.length <= context.settings.submitSingly) return sendSingly(context, queued, context.signal);
  let submitted = 0;
  let singly: Counts | undefined;
  for (const chunk of inChunks(queued, BATCH)) {
    context.signal.throwIfAborted();
    const taken = await submitBatch(context, chunk);
    if (taken === 'no_batches') {
      if (!singly) context.log('Mailchimp takes no more batches (429): too many are pending, or too many of their webhooks could not be delivered. Updates go one by one until it does.');
      singly = sum(singly, await sendSingly(context, chunk, context.signal));
    } else submitted += taken;
    context.progress({ done: submitted + (singly?.['sent'] ?? 0), total: queued.length });
  }
  return { submitted, ...singly };
}

const sum = (before: Counts | undefined, counts: Counts): Counts => Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, count + (before?.[name] ?? 0)]));

async function queuedUpdates(context: StageContext, of: (update: MailchimpUpdate) => boolean): Promise<readonly MailchimpUpdate[]> {
  const found: MailchimpUpdate[] = [];
  for await (const page of pagesOfUpdates(context, 'mailchimp', 'queued', context.signal)) found.push(...page.filter(of));
  return found;
}

/** One batch: recorded before it is sent, its id after. Without an answer its fate is unknown: `adoptBatches` looks for it. */
async function submitBatch(context: StageContext, updates: readonly MailchimpUpdate[]): Promise<number | 'no_batches'> {
  const { store, settings, mailchimp, clock } = context;
  const now = clock.now();
  const claimant = claimantOf(context.holder, context.random);
  const record = { account: settings.account.label, listId: settings.listId, createdAt: now, claimedBy: claimant, claimedUntil: now + CLAIM };
  const batch = await store.openBatch(record, updates.map((update) => update.id), context.lease);
  const sent = new Set(batch.updates);
  const operations = updates.filter((update) => sent.has(update.id)).map((update) => ({ ...operationFor(settings.listId, update), operationId: operationIdOf(store.id, update.id) }));
  try {
    if (operations.length === 0) return 0;
    const { value: answer } = await mailchimp.submitBatch(operations, context.signal);
    await store.writeBatch(batch.id, { batchId: answer.id, state: 'submitted', progressAt: clock.now() });
    return operations.length;
  } catch (error) {
    if (error instanceof NotDone && error.code === 'mailchimp_overloaded') {
      await store.writeBatch(batch.id, { state: 'given_up' });
      await queueAgain(context, batch.updates);
      return 'no_batches';
    }
    if (error instanceof NotDone) {
      await store.writeBatch(batch.id, { state: 'given_up' });
      for (const update of await store.updatesOfBatch(batch.id)) if (update.side === 'mailchimp') await settle(context, update, { statusCode: 429, body: null }, context.signal);
    }
    throw error;
  } finally {
    await store.releaseBatch(batch.id, claimant);
  }
}

/** What was surely not sent waits again. */
async function queueAgain(context: AudienceContext, updates: readonly UpdateId[]): Promise<void> {
  const units = updates.map((id): Unit => ({ updates: [{ kind: 'write', id, from: ['sending'], set: { state: 'queued', sentAt: null, batch: null } }] }));
  await context.store.commit(context.settings.listId, units, commitOptions(context));
}

/** Sends updates one by one and settles each by its answer. */
export async function sendSingly(context: AudienceContext, updates: readonly MailchimpUpdate[], signal?: AbortSignal): Promise<Counts> {
  const counts = { sent: 0, done: 0, failed: 0, anew: 0, unknown: 0 };
  const claimant = claimantOf(context.holder, context.random);
  try {
    for (const update of updates) {
      signal?.throwIfAborted();
      if (!(await begin(context, update, claimant))) continue;
      counts.sent += 1;
      counts[await sendOne(context, update, signal)] += 1;
    }
  } finally {
    await context.store.releaseRows(context.settings.listId, claimant);
  }
  return counts;
}

async function sendOne(context: AudienceContext, update: MailchimpUpdate, signal?: AbortSignal): Promise<Settled> {
  let answer: OperationAnswer;
  try {
    answer = (await context.mailchimp.send(operationFor(context.settings.listId, update), signal)).value;
  } catch (error) {
    return settleError(context, update, error, signal);
  }
  return settle(context, update, answer, signal);
}

/** An error while sending: what was surely not done is decided anew, what may have been done is of unknown fate; then the run stops. */
async function settleError(context: AudienceContext, update: MailchimpUpdate, error: unknown, signal?: AbortSignal): Promise<never> {
  if (error instanceof NotDone) await settle(context, update, { statusCode: 429, body: null }, signal);
  else if (error instanceof MaybeDone || !(error instanceof SyncError)) await giveUp(context, update, signal).catch(() => undefined); // a later run recovers it
  throw error;
}

/** Claims the row, which tells that its update is in living hands, and marks the update as being sent. */
async function begin(context: AudienceContext, update: MailchimpUpdate, claimant: string): Promise<boolean> {
  const { store, settings, clock } = context;
  const now = clock.now();
  const rows = update.rowId === null ? [] : await store.rowsById(settings.listId, [update.rowId]);
  const claimed = await store.claimRows(settings.listId, rows, claimant, now, now + CLAIM);
  if (claimed.length === 0) return false; // stays queued; whoever has the row decides it
  const unit: Unit = { updates: [{ kind: 'write', id: update.id, from: ['queued'], set: { state: 'sending', sentAt: now } }] };
  const [outcome] = await store.commit(settings.listId, [unit], commitOptions(context));
  return outcome?.kind === 'done';
}
