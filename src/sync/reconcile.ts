import type { RowId } from '../base/ids.ts';
import type { HoldReason, LimitedKind, UpdateKind } from '../store/entities.ts';
import { applyCivicrm } from './apply-civicrm.ts';
import { finishApproved } from './approved-plan.ts';
import { judgePlan, limitedKinds, type Sides } from './brake.ts';
import { makePlanned, planCreations } from './create-contacts.ts';
import { dropPlanned } from './drop-planned.ts';
import { isOf, keepPlan } from './kept-plan.ts';
import { pagesOfRows, pagesOfUpdates } from './pages.ts';
import { countsOfSides, peopleChanged, sidesBefore, sidesNow } from './people-changed.ts';
import { planRows } from './plan.ts';
import { queueUpdates } from './queue-updates.ts';
import { recover } from './recover.ts';
import type { Counts, StageContext } from './stage.ts';

const UPDATE_KINDS = ['subscribe', 'unsubscribe', 'add', 'remove', 'create', 'rename', 'data'] as const satisfies readonly UpdateKind[];

/**
 * Stage 9 (`reconcileQueue`): decides every `todo` row. The whole plan is written as updates first; between it and its
 * application stands the brake; then CiviCRM is written at once, and Mailchimp's updates are queued.
 */
export async function reconcile(context: StageContext): Promise<Counts> {
  const open = await context.store.openPlan(context.settings.listId);
  if (open?.state === 'held') return { held: 1 }; // this run's own, cut off before its end; or one that was held as this run began
  if (open && context.run.dryRun) return { held: 1, dryRun: 1 }; // an approval that was cut off: applying the rest is no dry run's
  if (open) await finishApproved(context, open);
  const recovered = await recover(context, context.signal);
  await dropPlanned(context, () => true, context.signal); // of a run that stopped half-way: its rows are decided anew
  const decided = await makePlan(context);
  const create = context.run.counts.createContacts?.['withheld'] ? await planCreations(context, context.run.id, context.signal) : 0;
  const plan = { ...decided, create, planned: decided.planned + create };
  const sides = context.run.mode === 'full' || limitedKinds(plan).length > 0 ? await sidesNow(context, context.signal) : null;
  const counts = { ...plan, ...(sides && countsOfSides(sides)), recovered };
  const why = sides ? await reasonsToHold(context, plan, sides) : [];
  if (context.run.dryRun || why.length > 0) await keepPlan(context, why);
  if (context.run.dryRun) {
    await dropPlanned(context, isOf(context.run.id), context.signal);
    return { ...counts, dryRun: 1, wouldBeHeld: Number(why.length > 0) };
  }
  if (why.length > 0) return { ...counts, held: 1 };
  return { ...counts, ...(await applyPlan(context)) };
}

/** The brake. Who is to be created is to be added as well. */
async function reasonsToHold(context: StageContext, plan: Readonly<Record<LimitedKind, number>>, sides: Sides): Promise<readonly HoldReason[]> {
  const people = await peopleChanged(context);
  const judged = {
    kinds: { ...plan, add: plan.add + plan.create },
    people: { ...people, add: people.add + plan.create },
    sides,
    before: Math.min(sides.mailchimp, sides.civicrm) === 0 ? await sidesBefore(context) : null,
    missing: context.run.counts.fetch?.['notAsked'] ?? 0,
  };
  return judgePlan(judged, context.settings.limits);
}

type PlanCounts = Readonly<Record<UpdateKind | 'decided' | 'planned' | 'unclear', number>>;

/** Counts what was decided, and the updates of each kind: what a dry run is for. */
async function makePlan(context: StageContext): Promise<PlanCounts> {
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
async function applyPlan(context: StageContext): Promise<Counts> {
  const { run, signal } = context;
  const counts = { applied: await createPlanned(context), refused: 0, queued: 0 };
  for await (const updates of pagesOfUpdates(context, 'civicrm', 'planned', signal)) {
    const applied = await applyCivicrm(context, updates.filter(isOf(run.id)), { signal });
    counts.applied += applied.done;
    counts.refused += applied.failed;
    context.progress({ done: counts.applied, total: null });
  }
  for await (const updates of pagesOfUpdates(context, 'mailchimp', 'planned', signal)) counts.queued += await queueUpdates(context, updates.filter(isOf(run.id)));
  return counts;
}

/** Contacts that had been withheld, and for which there is room now: they are made, and what follows for them is decided. */
async function createPlanned(context: StageContext): Promise<number> {
  const { run, signal, store, settings } = context;
  if (!run.counts.createContacts?.['withheld']) return 0;
  const { created } = await makePlanned(context, run.id, signal);
  await dropPlanned(context, (update) => update.kind === 'create' && update.runId === run.id, signal);
  const audience = await store.audience(settings.listId);
  for await (const rows of pagesOfRows(context, { kind: 'status', status: 'todo' }, signal)) await planRows(context, rows, { audience, runId: run.id, withData: run.withData, signal });
  return created;
}
