import { codeOf, SyncError } from '../base/errors.ts';
import type { Run, StageName } from '../store/entities.ts';
import type { Lease } from '../store/store.ts';
import type { StageOptions, StageOutcome } from './engine.ts';
import { LEASE, STAGE_GAP, type AudienceContext, type StageContext } from './stage.ts';
import { isPast, STAGES } from './stages.ts';

/** Runs one stage of a run under its lease, which is renewed while the stage works. A lost lease stops it at the next write. */
export async function runStage(context: AudienceContext, run: Run, stage: StageName, options: StageOptions): Promise<StageOutcome> {
  const { store, clock } = context;
  if (run.state !== 'running' || (isPast(run, stage, options.hook) && !options.last)) return { kind: 'passed' };
  const lease = await store.takeLease(run.id, context.holder, clock.now(), LEASE);
  if (!lease) return { kind: 'passed' };
  if (isPast(run, stage, options.hook)) {
    await store.finishRun(lease, 'done', clock.now(), null); // it was cut off between its last stage and its end
    return { kind: 'passed' };
  }
  const renewal = new Renewal(context, lease, options.signal);
  const stageContext: StageContext = { ...context, run, lease, progress: options.progress ?? (() => undefined), ...(options.hook && { hook: options.hook }), signal: renewal.signal };
  try {
    const counts = await STAGES[stage](stageContext);
    const completed: Run = { ...run, stage, counts: { ...run.counts, [stage]: counts } };
    await store.completeStage(lease, completed, clock.now(), STAGE_GAP);
    const isHeld = stage === 'reconcile' && run.dryRun; // a dry run ends where the brake would hold it
    if (isHeld || options.last) await store.finishRun(lease, isHeld ? 'held' : 'done', clock.now(), null);
    return { kind: 'done', counts, run: isHeld ? { ...completed, state: 'held' } : completed };
  } catch (error) {
    throw await ended(context, lease, renewal.reason(error), options.signal);
  } finally {
    renewal.stop();
  }
}

/** Stopped from outside, a run stays and can be resumed by anyone at once; failed, it is over, and the next one does the work. */
async function ended({ store, clock, holder }: AudienceContext, lease: Lease, error: unknown, signal: AbortSignal): Promise<unknown> {
  if (signal.aborted) {
    await store.endLeaseOf(lease.listId, holder);
    return new SyncError('aborted', 'The stage was stopped; the run goes on where it was when it is started again.', { cause: error });
  }
  if (codeOf(error) !== 'lease_lost') await store.finishRun(lease, 'failed', clock.now(), codeOf(error)).catch(() => undefined); // the store may be what failed
  return error;
}

/** Keeps a lease alive while a stage works, and stops the stage when it is lost. */
class Renewal {
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
