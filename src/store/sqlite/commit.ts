import type { Instant } from '../../base/clock.ts';
import type { ListId } from '../../base/ids.ts';
import type { Unit, UnitOutcome } from '../store.ts';
import { requireSameAudience } from '../units.ts';
import { writeAudience } from './audience.ts';
import { writeContactMemory } from './contacts.ts';
import type { Database } from './database.ts';
import { isTaken } from './failures.ts';
import { requireLease } from './leases.ts';
import type { StoreMethods } from './methods.ts';
import { rowChanger } from './row-changes.ts';
import { writeCursor } from './runs.ts';
import { UnitConflict } from '../unit-conflict.ts';
import { updateChanger } from './update-changes.ts';

/** Commits of units: the lease first, then unit by unit, each whole or not at all. */
export const commitMethods = (database: Database): Pick<StoreMethods, 'commit'> => ({
  commit: (listId, units, options) =>
    database.write(() => {
      if (options?.lease) requireLease(database, listId, options.lease);
      const now = options?.now ?? Date.now();
      const apply = unitApplier(database, listId, now);
      const outcomes = units.map((unit) => attempt(database, () => apply(unit)));
      if (options?.run) writeCursor(database, options.run.id, options.run.cursor);
      if (options?.audience) writeAudience(database, listId, options.audience);
      return outcomes;
    }),
});

/** Undoes a unit that meets something else than it expects, or a value that is another row's. */
const attempt = (database: Database, apply: () => UnitOutcome): UnitOutcome => {
  try {
    return database.part(apply);
  } catch (error) {
    if (error instanceof UnitConflict || isTaken(error)) return { kind: 'conflict' };
    throw error;
  }
};

const unitApplier = (database: Database, listId: ListId, now: Instant): ((unit: Unit) => UnitOutcome) => {
  const rows = rowChanger(database, listId, now);
  const updates = updateChanger(database, listId);
  return (unit) => {
    requireSameAudience(unit, listId);
    const { rows: rowChanges = [], updates: updateChanges = [], contacts = [], claimant = null } = unit;
    rows.check(unit);
    updates.check(updateChanges);
    const insertedRows = rows.apply(rowChanges);
    const insertedUpdates = updates.apply(updateChanges);
    // After the moves, which may take a deleted row's updates to the row that survives it.
    for (const change of rowChanges) if (change.kind === 'delete') updates.forget(change.id);
    for (const memory of contacts) writeContactMemory(database, listId, memory);
    if (unit.release && claimant !== null) rows.release(rowChanges, claimant);
    return { kind: 'done', rows: insertedRows, updates: insertedUpdates };
  };
};
