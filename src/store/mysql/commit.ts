import type { Store } from '../store.ts';
import { requireSameAudience } from '../units.ts';
import { writeAudience } from './audience.ts';
import { idsNeeded, planCommit } from './commit-plan.ts';
import { standingOf } from './commit-reads.ts';
import { writePlan } from './commit-writes.ts';
import type { Connection } from './connection.ts';
import type { Database } from './database.ts';
import { throwTakenMeanwhile } from './failures.ts';
import { requireLease } from './leases.ts';
import { writeCursor } from './runs.ts';

/** Ids for rows and updates, taken before the transaction: ids that it does not use after all are nobody's for ever. */
const TAKE_IDS = `UPDATE {sequence} SET next = LAST_INSERT_ID(next) + ? WHERE name = 'id'`;

/**
 * Commits of units: the lease first, then everything that the units touch is read and locked, the units are played in
 * memory, and what they come to is written. A value that another commit takes between reading and writing makes the
 * whole transaction start again, which then sees it.
 */
export const commitMethods = (database: Database): Pick<Store, 'commit'> => ({
  commit: async (listId, units, options) => {
    for (const unit of units) requireSameAudience(unit, listId);
    const count = idsNeeded(units);
    const takeIds = async (connection: Connection): Promise<number> => (count === 0 ? 0 : (await connection.run(TAKE_IDS, count)).id);
    return database.writeWith(takeIds, async (connection, firstId) => {
      if (options?.lease) await requireLease(connection, listId, options.lease);
      const standing = await standingOf(connection, listId, units);
      const plan = planCommit(units, standing, listId, firstId, options?.now ?? Date.now());
      await writePlan(connection, listId, plan, standing).catch(throwTakenMeanwhile);
      if (options?.run) await writeCursor(connection, options.run.id, options.run.cursor);
      if (options?.audience) await writeAudience(connection, listId, options.audience);
      return plan.outcomes;
    });
  },
});
