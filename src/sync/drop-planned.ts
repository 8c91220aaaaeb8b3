import type { Instant } from '../base/clock.ts';
import type { Update } from '../store/entities.ts';
import type { Unit, UpdateChange } from '../store/store.ts';
import { unique } from './collections.ts';
import { commitOptions, markTodo } from './commit.ts';
import { pagesOfUpdates } from './pages.ts';
import type { AudienceContext } from './stage.ts';

/** The end of an update that was planned and is not applied. */
export const droppedAt = (endedAt: Instant, { id }: Update): UpdateChange => ({ kind: 'write', id, from: ['planned'], set: { state: 'superseded', endedAt } });

/** Ends what was planned and not applied; its rows are `todo` again. */
export async function dropPlanned(context: AudienceContext, which: (update: Update) => boolean, signal?: AbortSignal): Promise<number> {
  let dropped = 0;
  for (const side of ['civicrm', 'mailchimp'] as const)
    for await (const page of pagesOfUpdates(context, side, 'planned', signal)) dropped += await dropUpdates(context, page.filter(which));
  return dropped;
}

/** The same, of some updates; how many were dropped. */
export async function dropUpdates(context: AudienceContext, updates: readonly Update[]): Promise<number> {
  if (updates.length === 0) return 0;
  const endedAt = context.clock.now();
  const units = updates.map((update): Unit => ({ updates: [droppedAt(endedAt, update)] }));
  const outcomes = await context.store.commit(context.settings.listId, units, commitOptions(context));
  const rows = await context.store.rowsById(context.settings.listId, unique(updates.flatMap((update) => update.rowId ?? [])));
  await markTodo(context, rows);
  return outcomes.filter(({ kind }) => kind === 'done').length;
}
