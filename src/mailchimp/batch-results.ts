import type { Readable } from 'node:stream';
import type { Clock, Duration } from '../base/clock.ts';
import { SyncError } from '../base/errors.ts';
import type { BatchId } from '../base/ids.ts';
import { abortedError, type Service } from '../http/service.ts';
import { failureOf, type HttpOutcome } from '../http/transport.ts';
import type { Batch, OperationResult } from './api.ts';
import { readResultArchive, type ArchiveLimits } from './result-archive.ts';

/** How long the storage may stay silent, and how long a download may take at all. */
const SILENCE: Duration = 60_000;
const LONGEST_DOWNLOAD: Duration = 600_000;

export interface ResultSource {
  readonly service: Service;
  readonly clock: Clock;
  readonly limits: ArchiveLimits;
  /** No attempt to open the file starts later than so long after the first. */
  readonly deadline: Duration;
  /** `GET /batches/{id}`, which signs a fresh URL each time. */
  readonly batch: (id: BatchId, signal?: AbortSignal) => Promise<Batch | null>;
}

/**
 * The results of a finished batch. The file lies in a storage outside the API: its signed URL is asked for afresh, lives
 * about ten minutes, is fetched without our credentials and never logged. Results are kept about seven days (facts/mailchimp.md).
 */
export async function* batchResults(source: ResultSource, id: BatchId, signal?: AbortSignal): AsyncGenerator<OperationResult> {
  const whole = AbortSignal.timeout(LONGEST_DOWNLOAD);
  const either = signal === undefined ? whole : AbortSignal.any([signal, whole]);
  const body = await open(source, id, either, signal);
  try {
    yield* readResultArchive(body, source.limits);
  } catch (error) {
    if (signal?.aborted === true) throw abortedError();
    if (error instanceof SyncError) throw error;
    throw unreachable(`the download broke off (${failureOf(error).code})`);
  }
}

async function open(source: ResultSource, id: BatchId, either: AbortSignal, signal?: AbortSignal): Promise<Readable> {
  const until = source.clock.now() + source.deadline;
  for (let attempt = 0; ; attempt += 1) {
    const url = await signedUrl(source, id, signal);
    source.service.count('GET result file');
    const outcome = await source.service.transport.open({ method: 'GET', url, headers: {}, timeout: SILENCE, repeatable: true }, either);
    if (outcome.kind === 'answer' && outcome.status === 200) return outcome.body;
    if (outcome.kind === 'answer') outcome.body.destroy();
    if (signal?.aborted === true) throw abortedError();
    const problem = describe(outcome);
    if (problem === null || (problem.once && attempt > 0) || !(await source.service.pause(attempt, until, signal))) throw errorOf(outcome);
  }
}

async function signedUrl(source: ResultSource, id: BatchId, signal?: AbortSignal): Promise<string> {
  const batch = await source.batch(id, signal);
  if (batch === null) throw new SyncError('batch_result_invalid', 'Mailchimp no longer knows the batch (results are kept about seven days). Its updates are decided anew after the members are read.');
  if (batch.responseBodyUrl === '') throw new SyncError('batch_result_invalid', `The batch has no result file yet: it is ${batch.status}. Ask again later.`);
  const url = URL.parse(batch.responseBodyUrl);
  if (url?.protocol !== 'https:' && url?.protocol !== 'http:') throw new SyncError('batch_result_invalid', 'The address of the result file is neither https nor http; it is not fetched.');
  return batch.responseBodyUrl;
}

/** Whether another attempt with a fresh URL may help, and whether only one. */
function describe(outcome: HttpOutcome<unknown>): { readonly once: boolean } | null {
  if (outcome.kind === 'failure') return outcome.reason === 'unusable' ? null : { once: false };
  // 403 and 404 are what an expired URL gives, and also a file that is gone.
  if (outcome.status === 403 || outcome.status === 404) return { once: true };
  return outcome.status === 429 || outcome.status >= 500 ? { once: false } : null;
}

function errorOf(outcome: HttpOutcome<unknown>): SyncError {
  if (outcome.kind === 'failure') return unreachable(`no answer (${outcome.code})`);
  if (outcome.status === 403 || outcome.status === 404)
    return new SyncError('batch_result_invalid', `The storage does not give out the result file of a batch, not even at a fresh address (${outcome.status}). Its updates are decided anew after the members are read.`);
  if (outcome.status === 429 || outcome.status >= 500) return unreachable(`the storage is out of order (${outcome.status})`);
  return new SyncError('batch_result_invalid', `The storage answers ${outcome.status} instead of the result file of a batch. If that goes on, report it.`);
}

const unreachable = (what: string): SyncError => new SyncError('mailchimp_unreachable', `GET result file of a batch: ${what}. The next poll tries again.`);
