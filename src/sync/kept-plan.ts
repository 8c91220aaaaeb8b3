import type { RunId } from '../base/ids.ts';
import type { HeldPlan, HoldReason, PlanSummary, Update, UpdateKind } from '../store/entities.ts';
import { pagesOfUpdates } from './pages.ts';
import type { StageContext } from './stage.ts';

export const isOf =
  (runId: RunId) =>
  (update: Pick<Update, 'runId'>): boolean =>
    update.runId === runId;

/** So many different reasons are counted apart; the rest together. */
const REASONS = 50;
/** Moments in a reason: what is left of it is common to many. */
const MOMENTS = / at (?:ever|\d\S*?Z)(?:\.\.\d\S*?Z)?/g;

/** Keeps the plan that a run has just made: for approval, or, of a dry run, to be looked at. Its updates stay as they are. */
export async function keepPlan(context: StageContext, why: readonly HoldReason[]): Promise<void> {
  const { run, store, settings, clock, lease } = context;
  const now = clock.now();
  const settled = run.dryRun ? ({ state: 'rejected', settledAt: now } as const) : ({ state: 'held', settledAt: null } as const);
  const plan: HeldPlan = { id: run.id, listId: settings.listId, summary: await summaryOf(context, why), heldAt: now, ...settled };
  await store.writePlan(plan, lease);
}

async function summaryOf(context: StageContext, why: readonly HoldReason[]): Promise<PlanSummary> {
  const { run, signal } = context;
  const kinds: Partial<Record<UpdateKind, number>> = {};
  const reasons: Record<string, number> = {};
  let [updates, unclear, first]: [number, number, PlanSummary['first']] = [0, 0, null];
  for (const side of ['civicrm', 'mailchimp'] as const)
    for await (const page of pagesOfUpdates(context, side, 'planned', signal))
      for (const update of page.filter(isOf(run.id))) {
        updates += 1;
        unclear += Number(update.unclear);
        if (first === null || update.id < first) first = update.id;
        kinds[update.kind] = (kinds[update.kind] ?? 0) + 1;
        const said = update.reason.replaceAll(MOMENTS, '');
        const reason = said in reasons || Object.keys(reasons).length < REASONS ? said : 'other';
        reasons[reason] = (reasons[reason] ?? 0) + 1;
      }
  return { dryRun: run.dryRun, why, updates, kinds, reasons, unclear, first };
}
