import type { Run, StageName } from '../store/entities.ts';
import type { StageOptions, StageOutcome } from './engine.ts';
import { ended, Renewal } from './renewal.ts';
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
    const isHeld = stage === 'reconcile' && (run.dryRun || (counts['held'] ?? 0) > 0); // a dry run ends where the brake would hold it
    if (isHeld || options.last) await store.finishRun(lease, isHeld ? 'held' : 'done', clock.now(), null);
    if (!isHeld) return { kind: 'done', counts, run: completed };
    const [plan] = await store.plans(run.listId, 1);
    return { kind: 'done', counts, run: { ...completed, state: 'held' }, ...(plan && { plan }) };
  } catch (error) {
    throw await ended(context, lease, renewal.reason(error), options.signal);
  } finally {
    renewal.stop();
  }
}
