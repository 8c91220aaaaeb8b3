import type { RowId } from '../base/ids.ts';
import type { Row } from '../store/entities.ts';
import type { RowPage } from '../store/store.ts';
import type { AudienceContext } from './stage.ts';

/** Rows that a stage works on at a time. */
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
