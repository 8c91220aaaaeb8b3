import { DAY, type Duration } from '../../base/clock.ts';
import type { Run } from '../../store/entities.ts';
import type { StageContext } from '../stage.ts';

/**
 * How often all people are compared, not only those with a change that the services date. Tags of a contact and rows of
 * other entities (memberships, contributions) move no date of the contact: docs/explanation/data-sync.md has the cost.
 */
const WHOLE: Duration = DAY;
/** Far more runs than a day holds. */
const RUNS = 300;

const recently = async ({ run, store, clock }: StageContext, looks: (run: Run) => 'whole' | 'failed' | null): Promise<boolean> => {
  for (const other of await store.runs(run.listId, RUNS)) {
    if (other.startedAt <= clock.now() - WHOLE) return false;
    const found = looks(other);
    if (found !== null) return found === 'whole';
  }
  return false;
};

/** Whether this run compares everybody: a full run, and the first one a day after the last comparison. */
export const comparesAll = async (context: StageContext): Promise<boolean> =>
  context.run.mode === 'full' || !(await recently(context, ({ counts }) => (counts.dataHooks?.['all'] === 1 ? 'whole' : null)));

/** What the run's counts say of a hook of the flow, once it is done: how many rows it was asked about. */
export const hookCount = (name: string): string => `hook ${name}`;
/** Rows that it was asked about in vain. */
export const skippedCount = (name: string): string => `${hookCount(name)} skipped`;
/** 1: it was asked about everybody. */
export const everybodyCount = (name: string): string => `${hookCount(name)} everybody`;

/** Whether a hook has to be asked about everybody, although this run compares rows with a change: it is new, or something of its last answers is missing. */
export const hookIsDue = async (context: StageContext, name: string): Promise<boolean> =>
  !(await recently(context, ({ counts: { dataHooks = {} } }) => {
    if ((dataHooks[skippedCount(name)] ?? 0) > 0) return 'failed';
    return dataHooks[everybodyCount(name)] === 1 ? 'whole' : null;
  }));
