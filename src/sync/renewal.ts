import { codeOf, SyncError } from '../base/errors.ts';
import type { Lease } from '../store/store.ts';
import { LEASE, type AudienceContext } from './stage.ts';

/** Stopped from outside, a run stays and can be resumed by anyone at once; failed, it is over, and the next one does the work. */
export async function ended({ store, clock, holder }: AudienceContext, lease: Lease, error: unknown, signal: AbortSignal): Promise<unknown> {
  if (signal.aborted) {
    await store.endLeaseOf(lease.listId, holder);
    return new SyncError('aborted', 'The stage was stopped; the run goes on where it was when it is started again.', { cause: error });
  }
  if (codeOf(error) !== 'lease_lost') await store.finishRun(lease, 'failed', clock.now(), codeOf(error)).catch(() => undefined); // the store may be what failed
  return error;
}

/** Keeps a lease alive while a stage works, and stops the stage when it is lost. */
export class Renewal {
  readonly #stopped = new AbortController();
  readonly #lost = new AbortController();
  readonly signal: AbortSignal;

  constructor({ store, clock }: AudienceContext, lease: Lease, signal: AbortSignal) {
    this.signal = AbortSignal.any([signal, this.#lost.signal]);
    void this.#renew(async () => {
      await clock.wait(LEASE / 3, this.#stopped.signal);
      await store.renewLease(lease, clock.now(), LEASE);
    });
  }

  async #renew(once: () => Promise<void>): Promise<void> {
    while (!this.#stopped.signal.aborted)
      try {
        await once();
      } catch (error) {
        if (!this.#stopped.signal.aborted) this.#lost.abort(error);
        return;
      }
  }

  /** What ended the stage: a lost lease rather than the abort that follows from it. */
  reason(error: unknown): unknown {
    return this.#lost.signal.aborted ? this.#lost.signal.reason : error;
  }

  stop(): void {
    this.#stopped.abort();
  }
}
