import { PLAN_COLUMNS, planOf, planParameters, type PlanColumns } from '../columns/plan-columns.ts';
import type { Store } from '../store.ts';
import type { Database } from './database.ts';
import { requireLease } from './leases.ts';

const WRITE = `
  INSERT INTO {plan} (${PLAN_COLUMNS.join(', ')}) VALUES (${PLAN_COLUMNS.map(() => '?').join(', ')})
  ON DUPLICATE KEY UPDATE state = VALUES(state), counts = VALUES(counts), held_at = VALUES(held_at), settled_at = VALUES(settled_at)`;
const NEWEST = 'SELECT * FROM {plan} WHERE mailchimp_list_id = ? ORDER BY held_at DESC, id DESC LIMIT ?';
const OPEN = `SELECT * FROM {plan} WHERE mailchimp_list_id = ? AND state IN ('held', 'approved')`;

/** Plans that were held, or that dry runs made. */
export const planMethods = (database: Database): Pick<Store, 'writePlan' | 'plans' | 'openPlan'> => ({
  writePlan: (plan, lease) =>
    database.write(async (connection) => {
      if (lease) await requireLease(connection, plan.listId, lease);
      await connection.run(WRITE, ...planParameters(plan));
    }),
  plans: (listId, limit) => database.read(async (connection) => ((await connection.all(NEWEST, listId, limit)) as readonly PlanColumns[]).map(planOf)),
  openPlan: (listId) =>
    database.read(async (connection) => {
      const found = (await connection.get(OPEN, listId)) as PlanColumns | null;
      return found && planOf(found);
    }),
});
