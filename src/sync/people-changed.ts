import { DAY } from '../base/clock.ts';
import type { HoldReason, PeopleByKind, UpdateKind } from '../store/entities.ts';
import { judgePlan, limitedKinds, limitOf, type Sides } from './brake.ts';
import type { BrakeStatus } from './engine.ts';
import { membersOf } from './group-members.ts';
import type { AudienceContext } from './stage.ts';

type Known = Pick<AudienceContext, 'store' | 'settings' | 'clock'>;

/** Runs looked through at first for the last that counts; quiet ones measured nothing, and there may be any number of them. */
const RUNS = 200;
/** Plans looked through for approvals. */
const PLANS = 50;

/** Everybody who was changed in the last 24 hours, or is about to be. An approval starts the count anew: somebody has looked. */
export async function peopleChanged({ store, settings, clock }: Known): Promise<PeopleByKind> {
  const now = clock.now();
  const approvals = (await store.plans(settings.listId, PLANS)).filter(({ state }) => state === 'approved' || state === 'applied').map(({ settledAt }) => settledAt ?? 0);
  return store.countPeople(settings.listId, Math.max(now - DAY, ...approvals.filter((at) => at <= now))); // one of the future was dated by a clock that was wrong
}

/** How many people each side has now. */
export async function sidesNow(context: AudienceContext, signal: AbortSignal): Promise<Sides> {
  const { store, settings } = context;
  let added = 0;
  for await (const ids of membersOf(context, settings.subscriptionGroup, signal)) added += ids.length;
  return { mailchimp: await store.countSubscribed(settings.listId), civicrm: added };
}

/** As the sides were when a run last applied its plan. */
export async function sidesBefore({ store, settings }: Known): Promise<Sides | null> {
  for (let looked = 0, limit = RUNS; ; limit *= 10) {
    const runs = await store.runs(settings.listId, limit);
    for (const { state, dryRun, counts } of runs.slice(looked)) {
      const { members, inGroup } = counts.reconcile ?? {};
      if (state === 'done' && !dryRun && members !== undefined && inGroup !== undefined) return { mailchimp: members, civicrm: inGroup };
    }
    if (runs.length < limit) return null;
    looked = runs.length;
  }
}

/** The sides without asking CiviCRM. */
const sidesKnown = async (context: Known): Promise<Sides> => ({
  mailchimp: await context.store.countSubscribed(context.settings.listId),
  civicrm: (await sidesBefore(context))?.civicrm ?? 0,
});

/** What a run remembers of the sides, for the next ones. */
export const countsOfSides = ({ mailchimp, civicrm }: Sides): { readonly members: number; readonly inGroup: number } => ({ members: mailchimp, inGroup: civicrm });

/** Why some planned updates outside a run are not to be applied now. The sides are as the last run knew them, which is asked for only where it matters. */
export async function reasonsToWait(context: Known, kinds: Readonly<Partial<Record<UpdateKind, number>>>): Promise<readonly HoldReason[]> {
  const { limits } = context.settings;
  const limited = limitedKinds(kinds);
  if (limited.length === 0) return []; // most webhooks: counting for each would make a flood of them slow
  const people = await peopleChanged(context);
  if (limited.every((kind) => people[kind] <= limits.people)) return [];
  return judgePlan({ kinds, people, sides: await sidesKnown(context), before: null, missing: 0 }, limits);
}

/** How the brake stands, without asking CiviCRM. */
export async function brakeStatus(context: Pick<AudienceContext, 'store' | 'settings' | 'clock'>, webhooksBeyondLimits: number): Promise<BrakeStatus> {
  const { listId, limits } = context.settings;
  const plan = await context.store.openPlan(listId);
  const limit = limitOf(limits, await sidesKnown(context));
  return { held: plan?.state === 'held' ? plan : null, people: await peopleChanged(context), limit, webhooksBeyondLimits };
}
