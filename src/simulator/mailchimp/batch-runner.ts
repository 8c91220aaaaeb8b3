import { createHmac } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Account } from './account.ts';
import { DAY, MINUTE, SECOND } from './instants.ts';
import { internalError, NoAnswer, Problem } from './problem.ts';
import type { BatchOperationRecord, BatchRecord, BatchResultRecord } from './records.ts';
import { finishedBatchForm } from './webhook-forms.ts';
import type { WebhookQueue } from './webhook-queue.ts';

/** What an operation answered. */
export interface OperationOutcome {
  readonly status: number;
  /** JSON as text; empty for a 204. */
  readonly body: string;
}

/** How one operation goes wrong: a 5xx with nothing done, or with everything done. */
export type OperationFault = 'server-error' | 'server-error-after-effect';

export type Perform = (operation: BatchOperationRecord) => Promise<OperationOutcome>;

/** "500 pending": undelivered batch webhooks count too (batch guide). */
const mostPending = 500;
/** Results are kept about a week, then the batch is unknown (third party). */
const keptFor = 7 * DAY;
/** A URL of results lives about ten minutes (recorded). */
const urlLife = 10 * MINUTE;
/** Operations of one step in automatic mode: enough for a demo, little enough to keep the process answering. */
const operationsAStep = 200;

/** Batches: taken at once, run later, one at a time, their operations in any order. */
export class BatchRunner {
  readonly #account: Account;
  readonly #webhooks: WebhookQueue;
  readonly #perform: Perform;
  readonly #baseUrl: () => string;
  readonly #running = new Set<BatchOperationRecord>();
  #stepping: Promise<void> | null = null;

  constructor(account: Account, webhooks: WebhookQueue, perform: Perform, baseUrl: () => string) {
    this.#account = account;
    this.#webhooks = webhooks;
    this.#perform = perform;
    this.#baseUrl = baseUrl;
  }

  submit(operations: readonly BatchOperationRecord[]): BatchRecord {
    const pending = this.#account.state.batches.filter(isUnfinished).length;
    if (pending >= mostPending || this.#webhooks.undeliveredBatchEvents() >= mostPending) {
      throw new Problem(429, 'Too Many Requests', `You have more than ${mostPending} pending batches.`);
    }
    const batch: BatchRecord = {
      id: this.#account.hex(10),
      status: 'pending',
      submittedAt: this.#account.now(),
      completedAt: null,
      total: operations.length,
      errored: 0,
      operations: [...operations],
      results: operations.map(() => null),
      finished: 0,
      packedResults: '',
      losesOperationIds: false,
      automatic: !this.#account.state.manualBatches,
    };
    this.#account.state.batches.push(batch);
    return batch;
  }

  /** Those whose results are still kept, oldest first; the others are forgotten. */
  remembered(): readonly BatchRecord[] {
    const from = this.#account.clock.now() - keptFor;
    const { state } = this.#account;
    const kept = state.batches.filter(({ completedAt }) => completedAt === null || completedAt > from);
    if (kept.length < state.batches.length) state.batches = kept;
    return kept;
  }

  /** One step of the first automatic batch that is not finished; a call while one is under way joins it. */
  step(): Promise<void> {
    this.#stepping ??= this.#step().finally(() => {
      this.#stepping = null;
    });
    return this.#stepping;
  }

  async #step(): Promise<void> {
    const batch = this.#account.state.batches.find((one) => one.automatic && isUnfinished(one));
    if (batch === undefined) return;
    if (batch.status === 'pending') batch.status = 'preprocessing';
    else if (batch.status === 'finalizing') this.finish(batch);
    else {
      batch.status = 'started';
      const left = [...batch.results.keys()].filter((place) => batch.results[place] === null);
      for (const place of this.#account.shuffled(left).slice(0, operationsAStep)) await this.run(batch, place);
    }
  }

  /** Runs one operation, unless it has run or the batch has ended. */
  async run(batch: BatchRecord, place: number, fault: OperationFault | null = null): Promise<void> {
    const operation = batch.operations[place];
    if (operation === undefined || batch.results[place] !== null || this.#running.has(operation)) return;
    batch.status = 'started';
    this.#running.add(operation);
    try {
      const outcome = fault === 'server-error' ? null : await this.#outcome(operation);
      const shown = fault === null && outcome !== null ? outcome : serverError();
      batch.results[place] = { status_code: shown.status, operation_id: operation.operationId, response: shown.body };
      batch.finished++;
      if (shown.status >= 400) batch.errored++;
      if (batch.finished === batch.total) batch.status = 'finalizing';
    } finally {
      this.#running.delete(operation);
    }
  }

  /** null when the service would never answer. */
  async #outcome(operation: BatchOperationRecord): Promise<OperationOutcome | null> {
    try {
      return await this.#perform(operation);
    } catch (error) {
      if (error instanceof NoAnswer) return null;
      throw error;
    }
  }

  /** Says "finished", packs the results and tells the webhooks. What has not run never will. */
  finish(batch: BatchRecord): void {
    if (!isUnfinished(batch)) return;
    const results = batch.results.filter((result) => result !== null);
    batch.packedResults = gzipSync(JSON.stringify(results)).toString('base64');
    batch.status = 'finished';
    batch.completedAt = this.#account.now();
    batch.operations = [];
    batch.results = [];
    this.#webhooks.fireBatch(finishedBatchForm(batch, this.resultUrl(batch)));
  }

  /** What had run stays run; its results are not to be had (specification). */
  cancel(batch: BatchRecord): void {
    batch.status = 'canceled';
    batch.completedAt ??= this.#account.now();
    batch.packedResults = '';
    batch.operations = [];
    batch.results = [];
  }

  results(batch: BatchRecord): BatchResultRecord[] {
    const results = JSON.parse(gunzipSync(Buffer.from(batch.packedResults, 'base64')).toString()) as BatchResultRecord[];
    return batch.losesOperationIds ? results.map((result) => ({ ...result, operation_id: null })) : results;
  }

  /** A fresh signed URL; '' while there are no results. */
  resultUrl(batch: BatchRecord): string {
    if (batch.status !== 'finished') return '';
    const expires = Math.floor((this.#account.clock.now() + urlLife) / SECOND);
    const query = new URLSearchParams({ Expires: String(expires), Signature: this.#signature(batch.id, expires) });
    return `${this.#baseUrl()}/batch-results/${batch.id}-response.tar.gz?${query.toString()}`;
  }

  /** Whether a URL of results is ours and still good. */
  isGoodUrl(batchId: string, query: URLSearchParams): boolean {
    const expires = Number(query.get('Expires'));
    const signed = query.get('Signature') === this.#signature(batchId, expires);
    return signed && expires * SECOND > this.#account.clock.now();
  }

  #signature(batchId: string, expires: number): string {
    return createHmac('sha256', this.#account.state.urlSecret).update(`${batchId}.${expires}`).digest('hex');
  }
}

export function isUnfinished({ status }: BatchRecord): boolean {
  return status !== 'finished' && status !== 'canceled';
}

function serverError(): OperationOutcome {
  const problem = internalError();
  return { status: problem.status, body: JSON.stringify(problem.body('')) };
}
