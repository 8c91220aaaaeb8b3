import { systemClock } from '../base/clock.ts';
import type { Instant } from '../base/clock.ts';
import type { ErrorCode } from '../base/errors.ts';
import type { ListId, RunId } from '../base/ids.ts';
import type { Settings } from '../settings/settings.ts';
import type { RunMode } from '../store/entities.ts';
import type { Store } from '../store/store.ts';
import type { AudienceStatus, Engine } from '../sync/engine.ts';
import type { PlanView } from '../sync/plan-view.ts';
import type { Counts } from '../sync/stage.ts';
import type { RunOptions } from './arguments.ts';
import { EXIT, exitCodeOf } from './exit-code.ts';
import type { ExitCode } from './exit-code.ts';
import { runThroughFlow, settleBatches, statusOf } from './flow-run.ts';
import type { RunEnd } from './flow-run.ts';
import { isInStep, lookAtBothSides } from './look.ts';
import type { Look } from './look.ts';
import type { Session } from './session.ts';
import { updatesOfRuns } from './store-report.ts';
import type { UpdateCount } from './store-report.ts';

/** What `--once` did and found. */
export interface OnceResult {
  readonly exit: ExitCode;
  /** Why it did not end in step, as far as more is known than the differences. */
  readonly remarks: readonly string[];
  readonly before: readonly Look[];
  readonly after: readonly Look[];
  readonly updates: readonly UpdateCount[];
  readonly requests: ReturnType<Engine['requests']>;
  /** Plans that are held, or that the dry run made, with their first changes. */
  readonly plans: readonly PlanView[];
  /** Runs of the flow. */
  readonly rounds: number;
  readonly seconds: number;
}

export interface OnceContext {
  readonly session: Session;
  readonly settings: Settings;
  readonly store: Store;
  readonly plan: RunOptions['plan'];
  /** When waiting ends. */
  readonly until: Instant;
  readonly signal: AbortSignal;
}

/** A refusal that asks for a second run is settled in it, and a third finds what the second changed; more is a loop. */
const MOST_ROUNDS = 5;

/** Syncs all audiences through the flow until both sides agree or nothing changes any more, and judges what came out. */
export const syncOnce = async (context: OnceContext): Promise<OnceResult> => {
  const { session, settings, store, signal } = context;
  const startedAt = systemClock.now();
  const look = (): Promise<readonly Look[]> => lookAtBothSides(settings, store, signal);
  const before = await look();
  const approved = context.plan === 'approve' ? await approvePlans(context) : [];
  const rounds: Round[] = [];
  let after = before;
  for (let goOn = true; goOn && rounds.length < MOST_ROUNDS; ) {
    // A full run alone sees what was deleted at Mailchimp, merged, or written past the APIs.
    const round = await runRound(context, rounds.length === 0 ? 'full' : 'incremental');
    const previous = rounds.at(-1);
    rounds.push(round);
    after = await look();
    const isDone = round.waiting === 0 && after.every(isInStep);
    const moved = round.decided > 0 || round.waiting !== previous?.waiting;
    goOn = !isDone && round.end === null && moved;
  }
  const last = rounds.at(-1);
  const remarks = [...(context.plan === 'approve' && approved.length === 0 ? ['No plan waited for approval.'] : []), ...(last === undefined ? [] : remarksOn(last))];
  return {
    exit: last?.end?.exit ?? (remarks.length === 0 && after.every(isInStep) ? EXIT.inStep : EXIT.notInStep),
    remarks,
    before,
    after,
    updates: context.plan === 'dryRun' ? [] : await updatesOfRuns(store, [...approved, ...rounds.flatMap(({ runs }) => runs)]),
    plans: last?.end?.showsPlans ? await plansOf(context) : [],
    requests: await session.config.work(signal, (engine) => Promise.resolve(engine.requests())),
    rounds: rounds.length,
    seconds: (systemClock.now() - startedAt) / 1000,
  };
};

/** Approves the plans that wait; answers the runs that had made them. */
const approvePlans = async ({ session, until, signal }: OnceContext): Promise<readonly RunId[]> => {
  const held = (await statusOf(session, signal)).flatMap(({ listId, brake }) => (brake.held === null ? [] : [{ listId, plan: brake.held.id }]));
  for (const { listId, plan } of held) await session.config.work(signal, (engine, stop) => engine.approve(listId, { plan, signal: stop }));
  if (held.length > 0) await settleBatches(session, until, signal);
  return held.map(({ plan }) => plan);
};

/** People of a plan that are shown. */
const SHOWN = 10;

const plansOf = async ({ session, settings, signal }: OnceContext): Promise<readonly PlanView[]> => {
  const audiences = [...settings.audiences.values()].filter(({ enabled }) => enabled);
  const plans = await session.config.work(signal, (engine) => Promise.all(audiences.map(({ listId }) => engine.plan(listId, { limit: SHOWN }))));
  return plans.filter((plan) => plan !== null);
};

/** One run of every audience, with the results of its batches. */
interface Round {
  readonly runs: readonly RunId[];
  /** Updates that its runs decided. */
  readonly decided: number;
  /** Rows and updates that are not settled. */
  readonly waiting: number;
  /** What ends everything, with its exit code. */
  readonly end: { readonly exit: ExitCode; readonly remark: string; readonly showsPlans?: true } | null;
}

const runRound = async ({ session, settings, store, plan, until, signal }: OnceContext, mode: RunMode): Promise<Round> => {
  const dryRun = plan === 'dryRun';
  const audiences = [...settings.audiences.values()].filter(({ enabled }) => enabled);
  const ends = await Promise.all(audiences.map(async ({ listId, name }) => ({ name, end: await runThroughFlow(session, listId, { mode, dryRun }, until, signal) })));
  const settled = await settleBatches(session, until, signal);
  const runs = ends.flatMap(({ end }) => (end.kind === 'ended' ? [end.run.id] : []));
  const counts = await updatesOfRuns(store, runs);
  const late = { exit: EXIT.notInStep, remark: 'Mailchimp did not finish the batches in the time given (--wait); the next run settles them.' };
  return {
    runs,
    decided: counts.reduce((sum, { count }) => sum + count, 0),
    waiting: waitingIn(await statusOf(session, signal), new Set(audiences.map(({ listId }) => listId))),
    end: gravest(ends.map(({ name, end }) => endOf(end, name))) ?? (settled ? null : late),
  };
};

/** Of several audiences' ends the one with the highest exit code. */
const gravest = (ends: readonly Round['end'][]): Round['end'] => ends.filter((end) => end !== null).toSorted((one, other) => other.exit - one.exit)[0] ?? null;

const waitingIn = (statuses: readonly AudienceStatus[], audiences: ReadonlySet<ListId>): number =>
  statuses.filter(({ listId }) => audiences.has(listId)).reduce((sum, { rows, queuedUpdates }) => sum + rows.todo + rows.live + queuedUpdates, 0);

/** null: the run did what it should. */
const endOf = (end: RunEnd, name: string): Round['end'] => {
  switch (end.kind) {
    case 'unfinished':
      return { exit: EXIT.notInStep, remark: `${name}: the run did not end in the time given (--wait); the next one resumes it.` };
    case 'not_started':
      return notStarted(end.reason, name);
    case 'ended':
      return endOfRun(end.run, name);
  }
};

const notStarted = (reason: Extract<RunEnd, { kind: 'not_started' }>['reason'], name: string): Round['end'] => {
  switch (reason) {
    case 'busy':
      return { exit: EXIT.busy, remark: `${name}: another run works on this audience (busy); wait for it, or try again when its lease has run out.` };
    case 'held':
      return HELD(name);
    case 'disabled':
      return { exit: EXIT.settings, remark: `${name}: this audience is switched off in the settings.` };
  }
};

const HELD = (name: string): Round['end'] => ({
  exit: EXIT.held,
  remark: `${name}: the plan is held, because it changes more than the limits allow; nothing of it was applied. Approve it with --once --approve, or approve or reject it with the control node.`,
  showsPlans: true,
});

const dryRunEnded = (counts: Counts, name: string): Round['end'] => ({
  exit: counts['wouldBeHeld'] ? EXIT.held : counts['planned'] ? EXIT.notInStep : EXIT.inStep,
  remark: `${name}: this was a dry run; nothing was changed on either side.${counts['wouldBeHeld'] ? ' The plan would be held for approval.' : ''}`,
  showsPlans: true,
});

const endOfRun = ({ state, dryRun, counts, errorCode }: Extract<RunEnd, { kind: 'ended' }>['run'], name: string): Round['end'] => {
  switch (state) {
    case 'done':
    case 'running':
      return null;
    case 'held':
      return dryRun ? dryRunEnded(counts.reconcile ?? {}, name) : HELD(name);
    case 'aborted':
      return { exit: EXIT.error, remark: `${name}: the run was aborted; the next one goes on.` };
    case 'failed':
      // The store holds codes as text.
      return { exit: exitCodeOf((errorCode ?? 'internal') as ErrorCode), remark: `${name}: the run failed with ${errorCode ?? 'internal'}.` };
  }
};

const remarksOn = ({ end, waiting }: Round): readonly string[] => [
  ...(end === null ? [] : [end.remark]),
  ...(waiting === 0 || end?.showsPlans ? [] : [`${waiting.toLocaleString('en-US')} rows or updates are not settled yet.`]),
];
