import type { RowId, UpdateId } from '../base/ids.ts';
import type { Row, Update, UpdateState } from '../store/entities.ts';
import type { RowPage } from '../store/store.ts';
import type { AudienceContext } from './stage.ts';

/** Rows or updates that a stage works on at a time. */
export const CHUNK = 500;

/** The audience's rows of a kind, in chunks by id. Rows made or changed behind the cursor meanwhile are not shown again. */
export async function* pagesOfRows(context: AudienceContext, where: RowPage['where'], signal?: AbortSignal, size: number = CHUNK): AsyncGenerator<readonly Row[]> {
  let after: RowId | null = null;
  for (;;) {
    signal?.throwIfAborted();
    const rows: readonly Row[] = await context.store.rows({ listId: context.settings.listId, after, limit: size, where });
    if (rows.length > 0) yield rows;
    if (rows.length < size) return;
    after = rows.at(-1)!.id;
  }
}

/** The audience's updates in a state, on one side, in chunks by id. */
export async function* pagesOfUpdates<Side extends Update['side']>(context: AudienceContext, side: Side, state: UpdateState, signal?: AbortSignal): AsyncGenerator<readonly Extract<Update, { side: Side }>[]> {
  let after: UpdateId | null = null;
  for (;;) {
    signal?.throwIfAborted();
    const updates: readonly Update[] = await context.store.updatesInState(context.settings.listId, side, state, after, CHUNK);
    if (updates.length > 0) yield updates.filter((update): update is Extract<Update, { side: Side }> => update.side === side);
    if (updates.length < CHUNK) return;
    after = updates.at(-1)!.id;
  }
}
