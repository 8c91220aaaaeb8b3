import type { ListId } from '../../base/ids.ts';
import type { Parameter } from '../columns/parameter.ts';
import { rowOf, type RowColumns } from '../columns/row-columns.ts';
import type { Row, SyncStatus } from '../entities.ts';
import type { RowPage, Store } from '../store.ts';
import type { Database } from './database.ts';

const by = (column: string): string => `SELECT * FROM {cache} WHERE mailchimp_list_id = ? AND ${column} IN (…) ORDER BY id`;
const BY_ID = by('id');
const BY_EMAIL = by('mailchimp_email');
const BY_CONTACT = by('civicrm_contact_id');
const BY_MEMBER = by('mailchimp_contact_id');
const BY_FORMER_EMAIL = `
  SELECT cached.* FROM {former_email} AS former JOIN {cache} AS cached ON cached.id = former.mailchimpsync_cache_id
  WHERE former.mailchimp_list_id = ? AND former.email = ? ORDER BY cached.id`;

const page = (index: string, condition: string): string =>
  `SELECT * FROM {cache} FORCE INDEX (${index}) WHERE mailchimp_list_id = ? AND id > ?${condition} ORDER BY id LIMIT ?`;
/** Pages name their index, at the end of which InnoDB keeps the id: without, a page may sort the whole audience first. */
const PAGES: Readonly<Record<Exclude<RowPage['where']['kind'], 'status'>, string>> = {
  all: page('by_list', ''),
  withoutContact: page('by_contact', ' AND civicrm_contact_id IS NULL AND mailchimp_email IS NOT NULL'),
  withContact: page('by_list', ' AND civicrm_contact_id IS NOT NULL'),
  contactOnly: page('by_updated', ' AND civicrm_contact_id IS NOT NULL AND mailchimp_updated IS NULL'),
  memberPresent: page('by_list', ' AND mailchimp_status IS NOT NULL'),
  empty: page('by_contact', ' AND civicrm_contact_id IS NULL AND mailchimp_updated IS NULL'),
};
const PAGE_OF_STATUS = `
  SELECT * FROM {cache} FORCE INDEX (by_status) WHERE mailchimp_list_id = ? AND sync_status = ? AND id > ? ORDER BY id LIMIT ?`;

const COUNT = 'SELECT sync_status, COUNT(*) AS count FROM {cache} WHERE mailchimp_list_id = ? GROUP BY sync_status';
const COUNT_SUBSCRIBED = `SELECT COUNT(*) AS count FROM {cache} WHERE mailchimp_list_id = ? AND mailchimp_status = 'subscribed'`;
const COUNT_FAILS = `
  SELECT COALESCE(fail_reason, 'other') AS reason, COUNT(*) AS count FROM {cache}
  WHERE mailchimp_list_id = ? AND sync_status = 'fail' GROUP BY fail_reason`;

/** Waits for who holds a row just now, and then judges the row as that one left it. */
const FREE = `
  SELECT id, version FROM {cache}
  WHERE mailchimp_list_id = ? AND (claimed_by IS NULL OR claimed_by = ? OR claimed_until <= ?) AND id IN (…) ORDER BY id FOR UPDATE`;
const CLAIM = 'UPDATE {cache} SET claimed_by = ?, claimed_until = ? WHERE id IN (…)';
const RELEASE = 'UPDATE {cache} SET claimed_by = NULL, claimed_until = NULL WHERE mailchimp_list_id = ? AND claimed_by = ?';

type RowMethods = Pick<
  Store,
  'rows' | 'rowsById' | 'rowsByEmail' | 'rowsByContact' | 'rowsByMember' | 'rowsByFormerEmail' | 'countRows' | 'countSubscribed' | 'countFails' | 'claimRows' | 'releaseRows'
>;

/** Reading, counting and claiming rows of the cache table; they are written by commits. */
export const rowMethods = (database: Database): RowMethods => {
  const all = (sql: string, ...parameters: readonly Parameter[]): Promise<readonly unknown[]> => database.read((connection) => connection.all(sql, ...parameters));
  const read = (sql: string, ...parameters: readonly Parameter[]): Promise<readonly Row[]> =>
    database.read(async (connection) => ((await connection.all(sql, ...parameters)) as readonly RowColumns[]).map(rowOf));
  const readIn = (sql: string, listId: ListId, keys: readonly Parameter[]): Promise<readonly Row[]> =>
    database.read(async (connection) => ((await connection.allIn(sql, keys, listId)) as readonly RowColumns[]).map(rowOf).sort((one, other) => one.id - other.id));
  return {
    rows: ({ listId, after, limit, where }) =>
      where.kind === 'status' ? read(PAGE_OF_STATUS, listId, where.status, after ?? 0, limit) : read(PAGES[where.kind], listId, after ?? 0, limit),
    rowsById: (listId, ids) => readIn(BY_ID, listId, ids),
    rowsByEmail: (listId, emails) => readIn(BY_EMAIL, listId, emails),
    rowsByContact: (listId, ids) => readIn(BY_CONTACT, listId, ids),
    rowsByMember: (listId, ids) => readIn(BY_MEMBER, listId, ids),
    rowsByFormerEmail: (listId, email) => read(BY_FORMER_EMAIL, listId, email),
    countRows: async (listId) => {
      const counts: Record<SyncStatus, number> = { todo: 0, live: 0, ok: 0, redo: 0, fail: 0 };
      for (const { sync_status, count } of (await all(COUNT, listId)) as readonly { sync_status: SyncStatus; count: number }[]) counts[sync_status] = count;
      return counts;
    },
    countSubscribed: (listId) => database.read((connection) => connection.count(COUNT_SUBSCRIBED, listId)),
    countFails: async (listId) => {
      const found = (await all(COUNT_FAILS, listId)) as readonly { reason: string; count: number }[];
      return Object.fromEntries(found.map(({ reason, count }) => [reason, count]));
    },
    claimRows: (listId, rows, claimant, now, until) =>
      database.write(async (connection) => {
        const ids = rows.map(({ id }) => id);
        const free = (await connection.allIn(FREE, ids, listId, claimant, now)) as readonly { readonly id: number; readonly version: number }[];
        const versions = new Map(free.map(({ id, version }) => [id, version]));
        const claimed = rows.filter(({ id, version }) => versions.get(id) === version).map(({ id }) => id);
        await connection.runIn(CLAIM, claimed, claimant, until);
        return claimed;
      }),
    releaseRows: async (listId, claimant) => {
      await database.run(RELEASE, listId, claimant);
    },
  };
};
