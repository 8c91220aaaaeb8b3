import { SyncError } from '../base/errors.ts';
import { runId, type RunId } from '../base/ids.ts';
import type { HeldPlan } from '../store/entities.ts';
import type { RunStart } from '../store/store.ts';
import { finishApproved } from './approved-plan.ts';
import { checkBindings } from './check-bindings.ts';
import { endLeaseOfDead } from './dead-lease.ts';
import { dropPlanned } from './drop-planned.ts';
import { fetch } from './fetch.ts';
import { handleInbox } from './handle-inbox.ts';
import { isOf } from './kept-plan.ts';
import { leaveOut } from './leave-out.ts';
import { countsOfSides, sidesNow } from './people-changed.ts';
import { ended, Renewal } from './renewal.ts';
import { LEASE, type AudienceContext, type Counts, type StageContext } from './stage.ts';
import { submit } from './submit.ts';

export interface RejectOptions {
  /** The plan that is meant; without, whichever waits. */
  readonly plan?: RunId;
  readonly signal: AbortSignal;
}

export interface ApproveOptions extends RejectOptions {
  /** People of the plan who are left out: addresses, or ids of contacts. */
  readonly except?: readonly (string | number)[];
}

/** Webhooks looked at, to see whether one has waited. */
const ENTRIES = 1000;

/** Applies the plan that waits, or goes on with one that was being applied; where none does, handles the webhooks that the limits held up. */
export async function approve(context: AudienceContext, { plan: named, except = [], signal }: ApproveOptions): Promise<Counts> {
  const { store, settings } = context;
  if (!settings.enabled) throw new SyncError('settings_invalid', `The audience ${settings.listId} is switched off in the settings ("enabled"): switch it on to approve its plan.`);
  await checkBindings(context, signal);
  const waits = await store.openPlan(settings.listId);
  if (!waits && named === undefined && except.length === 0 && (await haveWebhooksWaited(context))) return letWebhooksThrough(context, signal);
  return underLease(context, meant(context, waits, named), signal, async (stage, plan) => {
    if (plan.state === 'held') await leaveOut(stage, plan, except);
    const approved: HeldPlan = { ...plan, state: 'approved', settledAt: plan.settledAt ?? context.clock.now() };
    await store.writePlan(approved, stage.lease);
    await fetch(stage); // what people did since at Mailchimp
    const applied = await finishApproved(stage, approved);
    const sides = countsOfSides(await sidesNow(stage, signal));
    const sent = await submit(stage, isOf(plan.id)); // what earlier runs left queued was not decided anew: the next run does
    return { reconcile: { ...applied, ...sides }, submit: sent };
  });
}

/** Drops the plan that waits. */
export async function reject(context: AudienceContext, { plan: named, signal }: RejectOptions): Promise<Counts> {
  const waits = meant(context, await context.store.openPlan(context.settings.listId), named);
  return underLease(context, waits, signal, async (stage, plan) => {
    const dropped = await dropPlanned(stage, isOf(plan.id), signal);
    await context.store.writePlan({ ...plan, state: 'rejected', settledAt: context.clock.now() }, stage.lease);
    return { reconcile: { dropped } };
  });
}

function meant({ settings }: AudienceContext, waits: HeldPlan | null, named: RunId | undefined): HeldPlan {
  if (!waits) throw new SyncError('plan_missing', `No plan of the audience ${settings.listId} waits for approval: it was approved or rejected already, or none was held.`);
  if (named !== undefined && named !== waits.id) throw new SyncError('plan_missing', `The plan ${named} of the audience ${settings.listId} does not wait for approval; ${waits.id} does. Look at that one first.`);
  return waits;
}

/** Whether some were looked at and left; those that have just come in need no approval. */
const haveWebhooksWaited = async ({ store, settings }: AudienceContext): Promise<boolean> => (await store.unhandled(settings.listId, ENTRIES)).some(({ attempts }) => attempts > 0);

/** The webhooks that wait are approved, and nothing else: they are handled, and do not count. */
async function letWebhooksThrough(context: AudienceContext, signal: AbortSignal): Promise<Counts> {
  const { store, settings, clock, random } = context;
  const now = clock.now();
  const summary = { dryRun: false, why: [], updates: 0, kinds: {}, reasons: {}, unclear: 0, first: null };
  const approval: HeldPlan = { id: runId(random.token(8)), listId: settings.listId, state: 'applied', summary, heldAt: now, settledAt: now };
  await store.writePlan(approval);
  return handleInbox(context, approval.id, signal);
}

type Done = { readonly reconcile: Counts; readonly submit?: Counts };

/** Work on a plan is a run of its own: it holds the audience's lease, and its counts are kept. */
async function underLease(context: AudienceContext, waits: HeldPlan, signal: AbortSignal, work: (stage: StageContext, plan: HeldPlan) => Promise<Done>): Promise<Counts> {
  const { store, settings, clock, random, holder } = context;
  await endRunOf(context, waits);
  const request = { mode: 'incremental', since: null, withData: (await store.run(waits.id))?.withData ?? false, dryRun: false } as const;
  const asked = { ...request, id: runId(random.token(8)), listId: settings.listId, startedAt: clock.now() };
  const begin = (): Promise<RunStart> => store.startRun(asked, holder, clock.now(), LEASE);
  let begun = await begin(); // one that was cut off, such as an approval's own, ends with this work
  if (begun.kind === 'busy' && (await endLeaseOfDead(store, settings.listId))) begun = await begin();
  if (begun.kind === 'busy') throw busy(context);
  const { run, lease } = begun;
  const renewal = new Renewal(context, lease, signal);
  try {
    const plan = meant(context, await store.openPlan(settings.listId), waits.id); // as it is now that nobody else is at it
    const done = await work({ ...context, run, lease, progress: () => undefined, signal: renewal.signal }, plan);
    await store.completeStage(lease, { stage: 'submit', counts: { reconcile: done.reconcile, ...(done.submit && { submit: done.submit }) } }, clock.now(), LEASE);
    await store.finishRun(lease, 'done', clock.now(), null);
    return { ...done.reconcile, ...done.submit };
  } catch (error) {
    throw await ended(context, lease, renewal.reason(error), signal);
  } finally {
    renewal.stop();
  }
}

/** The run that made the plan may have been cut off just before its end. */
async function endRunOf(context: AudienceContext, plan: HeldPlan): Promise<void> {
  const { store, clock, holder } = context;
  if ((await store.run(plan.id))?.state !== 'running') return;
  const lease = await store.takeLease(plan.id, holder, clock.now(), LEASE);
  if (!lease) throw busy(context);
  await store.finishRun(lease, 'held', clock.now(), null);
}

const busy = ({ settings }: AudienceContext): SyncError => new SyncError('busy', `The audience ${settings.listId} is worked on just now; approve or reject its plan when that is done.`);
