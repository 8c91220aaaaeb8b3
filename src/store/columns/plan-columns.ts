import type { Instant } from '../../base/clock.ts';
import type { ListId, RunId } from '../../base/ids.ts';
import type { HeldPlan } from '../entities.ts';
import { readJson, writeJson } from './json.ts';
import type { Parameter } from './parameter.ts';

/** A line of the plan table. */
export interface PlanColumns {
  readonly id: RunId;
  readonly mailchimp_list_id: ListId;
  readonly state: HeldPlan['state'];
  readonly counts: string;
  readonly held_at: Instant;
  readonly settled_at: Instant | null;
}

export const planOf = (columns: PlanColumns): HeldPlan => ({
  id: columns.id,
  listId: columns.mailchimp_list_id,
  state: columns.state,
  summary: readJson(columns.counts) as HeldPlan['summary'],
  heldAt: columns.held_at,
  settledAt: columns.settled_at,
});

export const PLAN_COLUMNS = ['id', 'mailchimp_list_id', 'run_id', 'state', 'counts', 'held_at', 'settled_at'] as const;

/** Values for `PLAN_COLUMNS`. */
export const planParameters = (plan: HeldPlan): Parameter[] => [plan.id, plan.listId, plan.id, plan.state, writeJson(plan.summary), plan.heldAt, plan.settledAt];
