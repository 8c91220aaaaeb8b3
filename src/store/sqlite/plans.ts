import { PLAN_COLUMNS, planOf, planParameters, type PlanColumns } from '../columns/plan-columns.ts';
import type { Database } from './database.ts';
import { requireLease } from './leases.ts';
import type { StoreMethods } from './methods.ts';

const WRITE = `
  INSERT INTO mailchimpsync_plan (${PLAN_COLUMNS.join(', ')}) VALUES (${PLAN_COLUMNS.map(() => '?').join(', ')})
  ON CONFLICT (id) DO UPDATE SET state = excluded.state, counts = excluded.counts, held_at = excluded.held_at, settled_at = excluded.settled_at`;
const NEWEST = `
  SELECT * FROM mailchimpsync_plan INDEXED BY mailchimpsync_plan_held
  WHERE mailchimp_list_id = ? ORDER BY held_at DESC, id DESC LIMIT ?`;
const OPEN = `
  SELECT * FROM mailchimpsync_plan INDEXED BY mailchimpsync_plan_state
  WHERE mailchimp_list_id = ? AND state IN ('held', 'approved')`;

/** Plans that were held, or that dry runs made. */
export const planMethods = (database: Database): Pick<StoreMethods, 'writePlan' | 'plans' | 'openPlan'> => ({
  writePlan: (plan, lease) =>
    database.write(() => {
      if (lease) requireLease(database, plan.listId, lease);
      database.run(WRITE, ...planParameters(plan));
    }),
  plans: (listId, limit) => (database.all(NEWEST, listId, limit) as readonly PlanColumns[]).map(planOf),
  openPlan: (listId) => {
    const found = database.get(OPEN, listId) as PlanColumns | null;
    return found && planOf(found);
  },
});
