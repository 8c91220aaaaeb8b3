import { SyncError } from '../base/errors.ts';
import type { AudienceState, Row, Update } from '../store/entities.ts';
import type { CommitOptions, Unit, UpdateChange } from '../store/store.ts';
import { isWaiting } from './claims.ts';
import type { AudienceContext } from './stage.ts';

/** What every commit of an audience carries: our clock, and the run's lease where a run writes. */
export const commitOptions = (context: Pick<AudienceContext, 'clock' | 'lease'>): CommitOptions => ({
  now: context.clock.now(),
  ...(context.lease && { lease: context.lease }),
});

/** Ends the waiting updates of a row that goes, and lets go of the others. */
export const supersede = (updates: readonly Update[], row: Pick<Row, 'id'>): readonly UpdateChange[] => [
  ...updates
    .filter((update) => update.rowId === row.id && isWaiting(update))
    .map((update): UpdateChange => ({ kind: 'write', id: update.id, from: [update.state], set: { state: 'superseded' } })),
  { kind: 'move', fromRow: row.id, toRow: null },
];

/** How often rows are read again and rewritten when others write them meanwhile. */
const ATTEMPTS = 8;

/**
 * Rewrites rows, each in a unit of its own. A row that somebody else wrote meanwhile is read again and made anew from
 * what it is then. `make` gives null where nothing is to be written. Returns how many units were written.
 */
export async function rewriteRows(context: AudienceContext, rows: readonly Row[], make: (rows: readonly Row[]) => Promise<readonly (Unit | null)[]>): Promise<number> {
  let written = 0;
  let waiting = rows;
  for (let attempt = 0; waiting.length > 0; attempt++) {
    if (attempt === ATTEMPTS) throw new SyncError('busy', `${waiting.length} rows kept changing while they were written; the next run goes on with them`);
    const made = await make(waiting);
    const units = waiting.flatMap((row, index) => (made[index] ? [{ row, unit: { ...made[index], ignoreClaims: true } }] : []));
    if (units.length === 0) return written;
    const outcomes = await context.store.commit(context.settings.listId, units.map(({ unit }) => unit), commitOptions(context));
    const lost = units.filter((_, index) => outcomes[index]?.kind === 'conflict').map(({ row }) => row.id);
    written += units.length - lost.length;
    waiting = lost.length > 0 ? await context.store.rowsById(context.settings.listId, lost) : [];
  }
  return written;
}

/** Leaves rows to be decided; how many were not already. */
export const markTodo = (context: AudienceContext, rows: readonly Row[]): Promise<number> =>
  rewriteRows(context, rows, async (again) => again.map((row) => (row.syncStatus === 'todo' ? null : { rows: [{ kind: 'write', row: { ...row, syncStatus: 'todo' } }] })));

/** Sets what a run remembers of its whole audience; the rest stays. */
export async function writeAudience(context: AudienceContext, set: Partial<Omit<AudienceState, 'listId'>>): Promise<void> {
  const { listId } = context.settings;
  await context.store.commit(listId, [], { ...commitOptions(context), audience: { ...(await context.store.audience(listId)), ...set } });
}
