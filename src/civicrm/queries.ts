import type { Duration } from '../base/clock.ts';
import type { Checked } from '../http/json.ts';
import type { Api4 } from './api4.ts';

/** A search as APIv4 takes it, of any number of rows. */
export interface Query<Row> {
  readonly entity: 'Contact' | 'Email' | 'EntityTag' | 'Group' | 'GroupContact' | 'SubscriptionHistory';
  readonly select: readonly string[];
  readonly where: readonly unknown[];
  /** The column that rows are ordered and paged by: unique within the search, and among those selected. Default `id`. */
  readonly key?: 'id' | 'contact_id';
  readonly after?: number | null;
  /** Rows at most; all when missing. */
  readonly limit?: number;
  readonly people?: readonly string[];
  readonly read: (row: unknown) => Checked<Row>;
}

/** Without a limit APIv4 sends everything at once; pages of this size serve (facts/civicrm.md). */
const PAGE = 5000;

/** Trashed contacts are left out of answers unless a search names `is_deleted` (facts/civicrm.md). */
export const TRASHED_TOO = ['is_deleted', 'IN', [true, false]] as const;

/**
 * All rows of a search, in order of its key. Pages by `key > last` and never by offset, which would skip rows
 * while others write; always ordered, because APIv4 has no order of its own.
 */
export async function rowsOf<Row>(api: Api4, query: Query<Row>, deadline: Duration, signal?: AbortSignal): Promise<readonly Row[]> {
  const { entity, select, where, key = 'id', limit = Infinity, people = [], read } = query;
  const rows: Row[] = [];
  let last = query.after ?? null;
  while (rows.length < limit) {
    const size = Math.min(PAGE, limit - rows.length);
    const call = {
      entity,
      action: 'get',
      params: { select, where: last === null ? where : [...where, [key, '>', last]], orderBy: { [key]: 'ASC' }, limit: size },
      people,
    };
    const page = await api.read(call, deadline, signal);
    for (const row of page) rows.push(api.fitting(read(row), call));
    if (page.length < size) break;
    last = api.fitting(keyOf(page.at(-1), key, last), call);
  }
  return rows;
}

/** The key of a page's last row. It must be past the one before: an API that orders otherwise would page for ever. */
function keyOf(row: unknown, key: string, last: number | null): Checked<number> {
  const value = typeof row === 'object' && row !== null && key in row ? Number((row as Readonly<Record<string, unknown>>)[key]) : Number.NaN;
  return value > (last ?? -1) ? { fits: true, value } : { fits: false, where: `/${key} is not in order` };
}
