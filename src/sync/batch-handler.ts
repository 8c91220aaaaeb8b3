import type { Instant } from '../base/clock.ts';
import { codeOf } from '../base/errors.ts';
import type { BatchId, UpdateId } from '../base/ids.ts';
import type { Batch, OperationResult } from '../mailchimp/api.ts';
import type { BatchRecord, MailchimpUpdate } from '../store/entities.ts';
import { adoptBatches, giveUpBatch, isUnreadable } from './adopt-batches.ts';
import { withClaim } from './batch-claim.ts';
import { updateOfOperation } from './member-operation.ts';
import { Outage } from './outage.ts';
import { settleAll, type Answer } from './settle.ts';
import type { AudienceContext, Counts } from './stage.ts';

/** Results settled at a time, so that few of a large archive are in memory. */
const RESULTS = 200;

/**
 * Stage 11, the batch handler of an audience: on the batch webhook, on a poll, or as the watchdog. Fetches the results of
 * finished batches and settles each update; a batch that makes no progress is given up, its members read singly.
 */
export async function handleBatches(context: AudienceContext, options: { readonly batchId?: BatchId; readonly signal?: AbortSignal }): Promise<Counts> {
  const counts: BatchCounts = { batches: 0, waiting: 0, done: 0, failed: 0, anew: 0, unknown: 0, givenUp: 0 };
  const adopted = await adoptBatches(context, options.signal);
  counts.givenUp += adopted.givenUp;
  const records = await context.store.batchesInState(['submitted'], context.settings.account.label);
  const unreadable: unknown[] = [];
  const outage = new Outage();
  for (const record of records) {
    if (record.listId !== context.settings.listId || (options.batchId && record.batchId !== options.batchId)) continue;
    options.signal?.throwIfAborted();
    try {
      await outage.reached(() => withClaim(context, record, (current) => new Handling(context, current, counts, options.signal).run()));
    } catch (error) {
      if (codeOf(error) !== 'batch_result_invalid') throw error;
      unreadable.push(error); // of this batch alone: the others are settled first
    }
  }
  if (unreadable.length > 0) throw unreadable[0];
  outage.throwFailure();
  return { ...counts };
}

interface BatchCounts {
  batches: number;
  waiting: number;
  done: number;
  failed: number;
  anew: number;
  unknown: number;
  givenUp: number;
}

class Handling {
  readonly #context: AudienceContext;
  readonly #record: BatchRecord;
  readonly #counts: BatchCounts;
  readonly #signal: AbortSignal | undefined;
  readonly #people = new Outage();
  #progressAt: Instant;

  constructor(context: AudienceContext, record: BatchRecord, counts: BatchCounts, signal: AbortSignal | undefined) {
    this.#context = context;
    this.#record = record;
    this.#progressAt = record.progressAt;
    this.#counts = counts;
    this.#signal = signal;
  }

  /** What cannot be read is asked for again with the next poll, for as long as a batch is waited for. */
  async run(): Promise<void> {
    try {
      await this.#read();
    } catch (error) {
      if (!isUnreadable(error) || !this.#isStuck()) throw error;
      await this.#giveUp();
    }
  }

  async #read(): Promise<void> {
    const { mailchimp, store, clock } = this.#context;
    const { value: batch } = await mailchimp.batch(this.#record.batchId!, this.#signal);
    if (batch === null || batch.status === 'canceled') return this.#giveUp();
    if (batch.finishedOperations > this.#record.finishedOperations) {
      this.#progressAt = clock.now();
      await store.writeBatch(this.#record.id, { finishedOperations: batch.finishedOperations, progressAt: this.#progressAt });
    }
    if (batch.status === 'finished') return this.#settle(batch);
    if (this.#isStuck()) return this.#giveUp();
    this.#counts.waiting += 1;
  }

  #isStuck(): boolean {
    return this.#context.clock.now() - this.#progressAt > this.#context.settings.batchPatience;
  }

  async #giveUp(): Promise<void> {
    await giveUpBatch(this.#context, this.#record, this.#signal);
    this.#counts.givenUp += 1;
  }

  /** Somebody of whom Mailchimp cannot tell just now keeps the batch open, and nobody else waiting. */
  async #settle(batch: Batch): Promise<void> {
    const { mailchimp, store } = this.#context;
    let results: OperationResult[] = [];
    for await (const result of mailchimp.batchResults(batch.id, this.#signal)) {
      results.push(result);
      if (results.length < RESULTS) continue;
      await this.#settleResults(results);
      results = [];
    }
    await this.#settleResults(results);
    this.#people.throwFailure();
    await this.#settleTheRest();
    this.#people.throwFailure();
    await store.writeBatch(this.#record.id, { state: 'settled', finishedOperations: batch.finishedOperations });
    this.#counts.batches += 1;
  }

  async #settleResults(results: readonly OperationResult[]): Promise<void> {
    const { store } = this.#context;
    const byUpdate = new Map<UpdateId, OperationResult>();
    for (const result of results) {
      const id = updateOfOperation(store.id, result.operationId);
      if (id !== null) byUpdate.set(id, result);
    }
    if (byUpdate.size === 0) return;
    const waiting = (await store.updatesById([...byUpdate.keys()])).filter((update) => isWaitingFor(update, this.#record));
    await this.#count(waiting.map((update) => ({ update, answer: byUpdate.get(update.id)! })));
  }

  async #count(answers: readonly Answer[]): Promise<void> {
    for (const settled of await settleAll(this.#context, answers, this.#people, this.#signal)) this.#counts[settled] += 1;
  }

  /** Operations that the result does not mention, or without their id, go back to be decided anew, the member read first. */
  async #settleTheRest(): Promise<void> {
    const rest = (await this.#context.store.updatesOfBatch(this.#record.id)).filter((update) => isWaitingFor(update, this.#record));
    await this.#count(rest.map((update) => ({ update, answer: { statusCode: 500, body: null } })));
  }
}

const isWaitingFor = (update: { readonly side: string; readonly state: string }, record: BatchRecord): update is MailchimpUpdate =>
  update.side === 'mailchimp' && (update.state === 'submitted' || update.state === 'sending') && (update as MailchimpUpdate).batch === record.id;
