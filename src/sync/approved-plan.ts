import { isDeepStrictEqual } from 'node:util';

import type { RowId } from '../base/ids.ts';
import type { CivicrmUpdate, HeldPlan, MailchimpUpdate, Update } from '../store/entities.ts';
import { applyCivicrm } from './apply-civicrm.ts';
import { isWaiting } from './claims.ts';
import type { Cluster } from './cluster.ts';
import { inChunks } from './collections.ts';
import { makePlanned } from './create-contacts.ts';
import type { DecidedUpdate, Decision } from './decision.ts';
import { dropPlanned } from './drop-planned.ts';
import { isOf } from './kept-plan.ts';
import { CHUNK, pagesOfUpdates } from './pages.ts';
import { planRows } from './plan.ts';
import { findContacts } from './populate.ts';
import { queueUpdates } from './queue-updates.ts';
import type { Counts, StageContext } from './stage.ts';

/**
 * Applies a plan that was approved: exactly that, and nothing that has changed since. Each row is decided anew, by what
 * both sides say now; what comes out is applied if it is a part of what was approved, else the row stays `todo` for
 * the next run. May be stopped and begun again.
 */
export async function finishApproved(context: StageContext, plan: HeldPlan): Promise<Counts> {
  const { store, settings, clock, signal, lease } = context;
  const created = await createApproved(context, plan);
  const newcomers = new Set(created.rows);
  const counts = { applied: 0, refused: 0, queued: 0, left: 0, ...(created.count > 0 && { created: created.count }) };
  const rows = await rowsOf(context, plan);
  const audience = await store.audience(settings.listId);
  const withData = (await store.run(plan.id))?.withData ?? false;
  for (const ids of inChunks([...new Set([...rows, ...newcomers])], CHUNK)) {
    signal.throwIfAborted();
    const permits = (cluster: Cluster, decision: Decision): boolean => isPart(decision, cluster.updates.filter(isOf(plan.id)), newcomers);
    const planned = await planRows(context, await store.rowsById(settings.listId, ids), { audience, runId: plan.id, withData, signal, permits });
    const updates = (await store.openUpdates(settings.listId, planned.rows, [])).filter((update) => update.state === 'planned' && update.runId === plan.id);
    const applied = await applyCivicrm(context, updates.filter((update): update is CivicrmUpdate => update.side === 'civicrm'), { signal });
    counts.applied += applied.done;
    counts.refused += applied.failed;
    counts.queued += await queueUpdates(context, updates.filter((update): update is MailchimpUpdate => update.side === 'mailchimp'));
    context.progress({ done: counts.applied + counts.queued, total: plan.summary.updates });
  }
  await dropPlanned(context, isOf(plan.id), signal); // of clusters that somebody else was at just then
  for (const ids of inChunks([...rows, ...newcomers], CHUNK)) counts.left += (await store.rowsById(settings.listId, ids)).filter((row) => row.syncStatus === 'todo').length;
  await store.writePlan({ ...plan, state: 'applied', settledAt: plan.settledAt ?? clock.now() }, lease);
  return counts;
}

/** Makes the contacts of the plan, but for people who have got one since. What follows for them is a part of what was approved. */
async function createApproved(context: StageContext, plan: HeldPlan): Promise<{ readonly count: number; readonly rows: readonly RowId[] }> {
  const { store, settings, signal } = context;
  const planned: RowId[] = [];
  const done: RowId[] = [];
  for (let after = plan.summary.first === null ? null : ((plan.summary.first - 1) as Update['id']); plan.summary.kinds.create; ) {
    const page = await store.updatesOfRun(plan.id, after, CHUNK);
    for (const { kind, state, rowId } of page) if (kind === 'create' && rowId !== null) (state === 'planned' ? planned : state === 'done' ? done : []).push(rowId);
    if (page.length < CHUNK) break;
    after = page.at(-1)!.id;
  }
  for (const ids of inChunks(planned, CHUNK)) await findContacts(context, (await store.rowsById(settings.listId, ids)).filter((row) => row.contactId === null), signal);
  const { created } = planned.length > 0 ? await makePlanned(context, plan.id, signal) : { created: 0 };
  await dropPlanned(context, (update) => update.kind === 'create' && update.runId === plan.id, signal);
  return { count: created, rows: [...planned, ...done] };
}

/** Rows of which something is still to be done; what an approval that was cut off has queued is decided anew as well. */
async function rowsOf(context: StageContext, plan: HeldPlan): Promise<readonly RowId[]> {
  const rows = new Set<RowId>();
  for (const [side, state] of [['civicrm', 'planned'], ['mailchimp', 'planned'], ['mailchimp', 'queued']] as const)
    for await (const page of pagesOfUpdates(context, side, state, context.signal)) for (const { rowId } of page.filter(isOf(plan.id))) if (rowId !== null) rows.add(rowId);
  return [...rows];
}

/** Whether all that was decided now was approved; for whom a contact was to be made, the group and the data as well. */
function isPart({ updates, newRows }: Decision, approved: readonly Update[], newcomers: ReadonlySet<RowId>): boolean {
  const follows = ({ kind, rowId }: DecidedUpdate): boolean => newcomers.has(rowId) && (kind === 'add' || kind === 'data');
  return newRows.length === 0 && updates.every((update) => follows(update) || approved.some((each) => covers(each, update)));
}

function covers(approved: Update, decided: DecidedUpdate): boolean {
  if (!isWaiting(approved) || approved.kind !== decided.kind || approved.contactId !== decided.contactId) return false;
  if (approved.side === 'mailchimp' && decided.side === 'mailchimp') return approved.email === decided.email && isDeepStrictEqual({ ...approved.ask, ...decided.ask }, approved.ask);
  return approved.side === decided.side && isDeepStrictEqual(approved.ask, decided.ask);
}
