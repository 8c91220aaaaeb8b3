import type { RowId } from '../base/ids.ts';
import type { MailchimpUpdate, UpdateKind } from '../store/entities.ts';
import type { Unit } from '../store/store.ts';
import { applyCivicrm } from './apply-civicrm.ts';
import { unique } from './collections.ts';
import { commitOptions, markTodo } from './commit.ts';
import { pagesOfRows, pagesOfUpdates } from './pages.ts';
import { planRows } from './plan.ts';
import { recover } from './recover.ts';
import type { AudienceContext, Counts, StageContext } from './stage.ts';

const UPDATE_KINDS = ['subscribe', 'unsubscribe', 'add', 'remove', 'create', 'rename', 'data'] as const satisfies readonly UpdateKind[];

/**
 * Stage 9 (`reconcileQueue`): decides every `todo` row. The whole plan is written as updates first; between it and its
 * application stands the brake; then CiviCRM is written at once, and Mailchimp's updates are queued.
 */
export async function reconcile(context: StageContext): Promise<Counts> {
  const recovered = await recover(context, context.signal);
  await dropPlan(context); // of a run that stopped half-way: its rows are decided anew
  const plan = await makePlan(context);
  if (context.run.dryRun) {
    await dropPlan(context);
    return { ...plan, recovered, dryRun: 1 };
  }
  const applied = await applyPlan(context);
  return { ...plan, ...applied, recovered };
}

/** Counts what was decided, and the updates of each kind: what a dry run is for. */
async function makePlan(context: StageContext): Promise<Counts> {
  const { settings, run, signal } = context;
  const audience = await context.store.audience(settings.listId);
  const total = (await context.store.countRows(settings.listId)).todo;
  const counts = { decided: 0, planned: 0, unclear: 0, subscribe: 0, unsubscribe: 0, add: 0, remove: 0, rename: 0, data: 0, create: 0 };
  const seen = new Set<RowId>();
  for await (const page of pagesOfRows(context, { kind: 'status', status: 'todo' }, signal)) {
    const rows = page.filter((row) => !seen.has(row.id)); // decided with its cluster already
    if (rows.length === 0) continue;
    const planned = await planRows(context, rows, { audience, runId: run.id, withData: run.withData, signal });
    for (const id of planned.rows) seen.add(id);
    counts.decided += planned.rows.length;
    counts.planned += planned.updates;
    counts.unclear += planned.unclear;
    for (const kind of UPDATE_KINDS) counts[kind] += planned.kinds[kind] ?? 0;
    context.progress({ done: Math.min(seen.size, total), total });
  }
  return counts;
}

/** Releases what was planned. The brake stands before this. */
async function applyPlan(context: StageContext): Promise<{ applied: number; refused: number; queued: number }> {
  const counts = { applied: 0, refused: 0, queued: 0 };
  for await (const updates of pagesOfUpdates(context, 'civicrm', 'planned', context.signal)) {
    const applied = await applyCivicrm(context, updates, { signal: context.signal });
    counts.applied += applied.done;
    counts.refused += applied.failed;
    context.progress({ done: counts.applied, total: null });
  }
  for await (const updates of pagesOfUpdates(context, 'mailchimp', 'planned', context.signal)) counts.queued += await queueUpdates(context, updates);
  return counts;
}

/** Planned updates may be sent from here on; those decided anew meanwhile fall away. */
export async function queueUpdates(context: AudienceContext, updates: readonly MailchimpUpdate[]): Promise<number> {
  const units = updates.map((update): Unit => ({ updates: [{ kind: 'write', id: update.id, from: ['planned'], set: { state: 'queued' } }] }));
  const outcomes = await context.store.commit(context.settings.listId, units, commitOptions(context));
  return outcomes.filter((outcome) => outcome.kind === 'done').length;
}

/** Ends what was planned and not applied; its rows are `todo` again. */
async function dropPlan(context: StageContext): Promise<void> {
  for (const side of ['civicrm', 'mailchimp'] as const)
    for await (const updates of pagesOfUpdates(context, side, 'planned', context.signal)) {
      const endedAt = context.clock.now();
      const units = updates.map((update): Unit => ({ updates: [{ kind: 'write', id: update.id, from: ['planned'], set: { state: 'superseded', endedAt } }] }));
      await context.store.commit(context.settings.listId, units, commitOptions(context));
      const rows = await context.store.rowsById(context.settings.listId, unique(updates.flatMap((update) => update.rowId ?? [])));
      await markTodo(context, rows);
    }
}
