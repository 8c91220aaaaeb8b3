import { systemClock } from '../base/clock.ts';
import { SyncError } from '../base/errors.ts';
import { openStore } from '../store/open-store.ts';
import type { RunOptions } from './arguments.ts';
import { EXIT } from './exit-code.ts';
import type { ExitCode } from './exit-code.ts';
import { askForetold } from './foretold.ts';
import type { Foretold } from './foretold.ts';
import { narrate } from './narrate.ts';
import { startOwnDatabase } from './own-database.ts';
import { syncOnce } from './once.ts';
import type { OnceResult } from './once.ts';
import type { Progress } from './progress.ts';
import { renderPlans } from './plan-report.ts';
import { renderReport, verdictText } from './report.ts';
import { chooseServices } from './services.ts';
import { openSession, urlOf } from './session.ts';
import type { Session } from './session.ts';

/** Runs what the command line asks for, until it is done or `signal` aborts. Rejects with the error that ended it. */
export const run = async (options: RunOptions, progress: Progress, signal: AbortSignal): Promise<ExitCode> => {
  const database = await startOwnDatabase(options.userDirectory, process.env);
  try {
    return await runSession(options, progress, signal);
  } finally {
    await database?.stop();
  }
};

const runSession = async (options: RunOptions, progress: Progress, signal: AbortSignal): Promise<ExitCode> => {
  const session = await openSession(options, await chooseServices(options, process.env), progress);
  // `--once` ends with the failure, and tells it then.
  const unwatch = narrate(session.nodeRed, progress, { failures: !options.once });
  try {
    return options.once ? await once(session, options, progress, signal) : await stay(session, progress, signal);
  } finally {
    unwatch();
    progress.clear();
    await session.stop();
  }
};

const once = async (session: Session, { wait, plan }: RunOptions, progress: Progress, signal: AbortSignal): Promise<ExitCode> => {
  const { settings } = session.config;
  if (settings === null) throw new SyncError('internal', 'The configuration node has no settings.');
  const store = await openStore(settings.store, session);
  try {
    const result = await syncOnce({ session, settings, store, plan, until: systemClock.now() + wait, signal });
    const foretold = session.simulators === null || plan === 'dryRun' ? null : await askForetold(session.simulators.urls.control, result.after.flatMap(({ reported }) => reported), signal);
    progress.clear();
    if (result.plans.length > 0) progress.line(`\n${renderPlans(result.plans)}`);
    progress.line(`\n${renderReport(result, foretold)}\n${verdictText(result, foretold)}`);
    return exitOf(result, foretold);
  } finally {
    await store.close();
  }
};

const exitOf = ({ exit }: OnceResult, foretold: Foretold | null): ExitCode =>
  exit === EXIT.inStep && foretold !== null && foretold.otherwise.size > 0 ? EXIT.notInStep : exit;

/** Starts a first run; the flow's own schedules do the rest. */
const stay = async (session: Session, progress: Progress, signal: AbortSignal): Promise<ExitCode> => {
  progress.line(`Node-RED with the flow: ${urlOf(session.nodeRed)}/ (Ctrl-C ends it)`);
  session.nodeRed.receive(session.start, {});
  const stopped = new Promise<null>((resolve) => {
    if (signal.aborted) resolve(null);
    signal.addEventListener('abort', () => resolve(null), { once: true });
  });
  const said = await Promise.race([stopped, ...(session.simulators === null ? [] : [session.simulators.ended])]);
  if (said !== null) throw new SyncError('internal', `The simulated services ended unexpectedly: ${said}`);
  progress.clear();
  progress.line('Stopped.');
  return EXIT.inStep;
};
