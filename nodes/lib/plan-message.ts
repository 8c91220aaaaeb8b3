import type { HeldPlan } from '../../src/store/entities.ts';

/** A plan in a message: figures only, nothing of a person. `plan` names it when it is approved or rejected. */
export type PlanMessage = Pick<HeldPlan, 'listId' | 'state' | 'heldAt'> & Omit<HeldPlan['summary'], 'first'> & { readonly plan: string; /** What can be done. */ readonly next: string };

export const NEXT = {
  held: 'Look at it with the control node (topic "plan"), then "approve" or "reject" it.',
  dryRun: 'Look at it with the control node (topic "plan"). Nothing was changed.',
};

export function planMessageOf({ id, listId, state, heldAt, summary: { first: _first, ...figures } }: HeldPlan): PlanMessage {
  return { plan: id, listId, state, heldAt, ...figures, next: figures.dryRun ? NEXT.dryRun : NEXT.held };
}
