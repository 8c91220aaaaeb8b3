import { writeJson } from '../columns/json.ts';
import type { Parameter } from '../columns/parameter.ts';
import { rowOf, type RowColumns } from '../columns/row-columns.ts';
import type { Row, SyncStatus } from '../entities.ts';
import type { RowPage } from '../store.ts';
import type { Database } from './database.ts';
import type { StoreMethods } from './methods.ts';

/** Statements name their index: without statistics SQLite would now and then read a whole audience in order of id instead. */
const by = (column: string, index: string): string => `
  SELECT * FROM mailchimpsync_cache ${index}
  WHERE mailchimp_list_id = ? AND ${column} IN (SELECT value FROM json_each(?)) ORDER BY id`;
const BY_ID = by('id', 'NOT INDEXED');
const BY_EMAIL = by('mailchimp_email', 'INDEXED BY mailchimpsync_cache_email');
const BY_CONTACT = by('civicrm_contact_id', 'INDEXED BY mailchimpsync_cache_contact');
const BY_MEMBER = by('mailchimp_contact_id', 'INDEXED BY mailchimpsync_cache_member');
const BY_FORMER_EMAIL = `
  SELECT * FROM mailchimpsync_cache WHERE id IN
    (SELECT mailchimpsync_cache_id FROM mailchimpsync_former_email WHERE mailchimp_list_id = ? AND email = ?)
  ORDER BY id`;

const page = (index: string, condition: string): string =>
  `SELECT * FROM mailchimpsync_cache INDEXED BY ${index} WHERE mailchimp_list_id = ? AND id > ?${condition} ORDER BY id LIMIT ?`;
const PAGES: Readonly<Record<Exclude<RowPage['where']['kind'], 'status'>, string>> = {
  all: page('mailchimpsync_cache_list', ''),
  withoutContact: page('mailchimpsync_cache_without_contact', ' AND civicrm_contact_id IS NULL AND mailchimp_email IS NOT NULL'),
  withContact: page('mailchimpsync_cache_list', ' AND civicrm_contact_id IS NOT NULL'),
  contactOnly: page('mailchimpsync_cache_contact_only', ' AND civicrm_contact_id IS NOT NULL AND mailchimp_updated IS NULL'),
  memberPresent: page('mailchimpsync_cache_list', ' AND mailchimp_status IS NOT NULL'),
  empty: page('mailchimpsync_cache_without_contact', ' AND civicrm_contact_id IS NULL AND mailchimp_updated IS NULL'),
};
const PAGE_OF_STATUS = `
  SELECT * FROM mailchimpsync_cache INDEXED BY mailchimpsync_cache_status
  WHERE mailchimp_list_id = ? AND sync_status = ? AND id > ? ORDER BY id LIMIT ?`;

const COUNT = `
  SELECT sync_status, count(*) AS count FROM mailchimpsync_cache INDEXED BY mailchimpsync_cache_status
  WHERE mailchimp_list_id = ? GROUP BY sync_status`;
const COUNT_SUBSCRIBED = `
  SELECT count(*) AS count FROM mailchimpsync_cache INDEXED BY mailchimpsync_cache_subscribed
  WHERE mailchimp_list_id = ? AND mailchimp_status = 'subscribed'`;
const COUNT_FAILS = `
  SELECT coalesce(fail_reason, 'other') AS reason, count(*) AS count FROM mailchimpsync_cache INDEXED BY mailchimpsync_cache_fail
  WHERE mailchimp_list_id = ? AND sync_status = 'fail' GROUP BY fail_reason`;

const CLAIM = `
  UPDATE mailchimpsync_cache SET claimed_by = ?1, claimed_until = ?2
  WHERE id = ?3 AND mailchimp_list_id = ?4 AND version = ?5 AND (claimed_by IS NULL OR claimed_by = ?1 OR claimed_until <= ?6)`;
const RELEASE = `
  UPDATE mailchimpsync_cache SET claimed_by = NULL, claimed_until = NULL WHERE mailchimp_list_id = ? AND claimed_by = ?`;

type RowMethods = Pick<
  StoreMethods,
  'rows' | 'rowsById' | 'rowsByEmail' | 'rowsByContact' | 'rowsByMember' | 'rowsByFormerEmail' | 'countRows' | 'countSubscribed' | 'countFails' | 'claimRows' | 'releaseRows'
>;

/** Reading, counting and claiming rows of the cache table; they are written by commits. */
export const rowMethods = (database: Database): RowMethods => {
  const read = (sql: string, ...parameters: readonly Parameter[]): readonly Row[] => (database.all(sql, ...parameters) as readonly RowColumns[]).map(rowOf);
  return {
    rows: ({ listId, after, limit, where }) =>
      where.kind === 'status' ? read(PAGE_OF_STATUS, listId, where.status, after ?? 0, limit) : read(PAGES[where.kind], listId, after ?? 0, limit),
    rowsById: (listId, ids) => read(BY_ID, listId, writeJson(ids)),
    rowsByEmail: (listId, emails) => read(BY_EMAIL, listId, writeJson(emails)),
    rowsByContact: (listId, ids) => read(BY_CONTACT, listId, writeJson(ids)),
    rowsByMember: (listId, ids) => read(BY_MEMBER, listId, writeJson(ids)),
    rowsByFormerEmail: (listId, email) => read(BY_FORMER_EMAIL, listId, email),
    countRows: (listId) => {
      const counts: Record<SyncStatus, number> = { todo: 0, live: 0, ok: 0, redo: 0, fail: 0 };
      for (const { sync_status, count } of database.all(COUNT, listId) as readonly { sync_status: SyncStatus; count: number }[]) counts[sync_status] = count;
      return counts;
    },
    countSubscribed: (listId) => database.count(COUNT_SUBSCRIBED, listId),
    countFails: (listId) => {
      const found = database.all(COUNT_FAILS, listId) as readonly { reason: string; count: number }[];
      return Object.fromEntries(found.map(({ reason, count }) => [reason, count]));
    },
    claimRows: (listId, rows, claimant, now, until) =>
      database.write(() => rows.filter(({ id, version }) => database.run(CLAIM, claimant, until, id, listId, version, now).changes === 1).map(({ id }) => id)),
    releaseRows: (listId, claimant) => {
      database.run(RELEASE, listId, claimant);
    },
  };
};
