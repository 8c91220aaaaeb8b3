import { MINUTE, SECOND, type Duration } from '../base/clock.ts';
import { contactId, historyId, type ContactId, type EmailAddress, type GroupId } from '../base/ids.ts';
import type { Api4 } from './api4.ts';
import { chunksOf } from './chunks.ts';
import { COLUMN, fitColumn } from './column-text.ts';
import { SiteDates } from './dates.ts';
import { bestFirst, byId } from './order.ts';
import { probe } from './probe.ts';
import { checkTimezone } from './timezone-check.ts';
import { searchResult } from './search-result.ts';
import { TRASHED_TOO, rowsOf, type Query } from './queries.ts';
import type { CivicrmReader, ContactEmail, GroupContact } from './reader.ts';
import {
  CONTACT_FIELDS,
  EMAIL_FIELDS,
  GROUP_CONTACT_FIELDS,
  GROUP_FIELDS,
  HISTORY_FIELDS,
  checkId,
  hasAddress,
  readContact,
  readEmail,
  readGroup,
  readGroupContact,
  readHistoryRow,
} from './rows.ts';

export interface ReadDeadlines {
  /** How long after its first attempt a read may be tried again. Default 5 minutes. */
  readonly deadline?: Duration;
  /** The same for the probe, where a quick error serves better. Default 20 seconds. */
  readonly checkDeadline?: Duration;
}

/** Ids or addresses in one search, and small calls in one request (facts/civicrm.md). */
const LISTED = 1000;
const CALLS = 20;

/** Reads CiviCRM through APIv4. @param timezone the site's, an IANA name; `settings_invalid` when there is no such zone */
export function createApi4Reader(api: Api4, timezone: string, { deadline = 5 * MINUTE, checkDeadline = 20 * SECOND }: ReadDeadlines = {}): CivicrmReader {
  const dates = new SiteDates(timezone, () => api.service.now());
  const all = <Row>(query: Query<Row>, signal?: AbortSignal): Promise<readonly Row[]> => rowsOf(api, query, deadline, signal);

  /** One search a chunk of a list, their rows together. */
  const each = async <Item, Row>(items: readonly Item[], query: (chunk: readonly Item[]) => Query<Row>, signal?: AbortSignal): Promise<Row[]> => {
    const rows: Row[] = [];
    for (const chunk of chunksOf(items, LISTED)) for (const row of await all(query(chunk), signal)) rows.push(row);
    return rows;
  };

  const history = { entity: 'SubscriptionHistory', select: HISTORY_FIELDS, read: (row: unknown) => readHistoryRow(row, dates) } as const;
  const contactIds = { entity: 'Contact', select: ['id'], read: checkId } as const;

  return {
    probe: (signal) => probe(api, checkDeadline, signal),
    checkTimezone: (signal) => checkTimezone(api, dates, timezone, checkDeadline, signal),
    // APIv4 reads where it writes.
    catchUp: () => Promise.resolve(),
    clockOffset: () => api.service.clockOffset,
    now: () => api.service.now(),
    requests: () => api.service.requests(),

    async contactsById(ids, signal) {
      const contacts = await each(
        ids,
        (chunk) => ({ entity: 'Contact', select: CONTACT_FIELDS, where: [['id', 'IN', chunk], TRASHED_TOO], read: (row) => readContact(row, dates) }),
        signal,
      );
      return contacts.sort(byId);
    },

    async emailsByAddress(addresses, signal) {
      const emails: ContactEmail[] = [];
      for (const chunk of chunksOf<EmailAddress>(addresses, LISTED)) {
        const wanted = new Set(chunk);
        const where = [['email', 'IN', chunk], ['contact_id.is_deleted', '=', false]];
        const found = await all({ entity: 'Email', select: EMAIL_FIELDS, where, people: chunk, read: readEmail }, signal);
        // The database finds more than was asked for: é = e, ß = ss, trailing spaces, any emoji (facts/civicrm.md).
        for (const email of found) if (wanted.has(email.email)) emails.push(email);
      }
      return emails.sort(byId);
    },

    async emailsOfContacts(ids, signal) {
      const emails = await each(ids, (chunk) => ({ entity: 'Email', select: EMAIL_FIELDS, where: [['contact_id', 'IN', chunk]], read: readEmail }), signal);
      return emails.filter(hasAddress).sort(bestFirst);
    },

    groups: async (ids, signal) =>
      (await each(ids, (chunk) => ({ entity: 'Group', select: GROUP_FIELDS, where: [['id', 'IN', chunk]], read: readGroup }), signal)).sort(byId),

    async groupContacts(ids, groups, signal) {
      if (groups.length === 0) return [];
      const rows = await each(
        ids,
        (chunk) => ({ entity: 'GroupContact', select: GROUP_CONTACT_FIELDS, where: [['contact_id', 'IN', chunk], ['group_id', 'IN', groups]], read: readGroupContact }),
        signal,
      );
      // A row that CiviCRM's screens make anew while we page comes twice; the later one is the present one.
      const latest = new Map<string, GroupContact>();
      for (const row of rows) latest.set(`${row.contactId} ${row.groupId}`, row);
      return [...latest.values()].sort((a, b) => a.contactId - b.contactId || a.groupId - b.groupId);
    },

    searchResult: (group, ids, signal) => searchResult({ api, dates, deadline }, group, ids, signal),

    async searchedAfter(group, after, limit, signal) {
      const rows = await all({ ...contactIds, where: [['groups', 'IN', [group]], ['is_deleted', '=', false]], after, limit }, signal);
      return rows.map((row) => contactId(Number(row.id)));
    },

    async addedAfter(group, after, limit, signal) {
      const where = [['group_id', '=', group], ['status', '=', 'Added'], ['contact_id.is_deleted', '=', false]];
      const rows = await all({ entity: 'GroupContact', select: GROUP_CONTACT_FIELDS, where, key: 'contact_id', after, limit, read: readGroupContact }, signal);
      return rows.map((row) => row.contactId);
    },

    history: async (ids, groups, signal) => (await each(ids, (chunk) => ({ ...history, where: [['contact_id', 'IN', chunk], ofGroups(groups)] }), signal)).sort(byId),

    historySince: (after, groups, limit, signal) => all({ ...history, where: [ofGroups(groups)], after, limit }, signal),

    async historyIds(from, to, signal) {
      if (from > to) return new Set();
      const rows = await all({ entity: 'SubscriptionHistory', select: ['id'], where: [['id', '<=', to]], after: from - 1, read: checkId }, signal);
      return new Set(rows.map((row) => historyId(Number(row.id))));
    },

    async modifiedSince(since, after, limit, signal) {
      const rows = await all({ ...contactIds, where: [['modified_date', '>=', dates.since(since)], TRASHED_TOO], after, limit }, signal);
      return rows.map((row) => contactId(Number(row.id)));
    },

    async madeWithoutEmail(source, since, signal) {
      const where = [['source', '=', fitColumn(source, COLUMN.source)], ['contact_type', '=', 'Individual'], ['created_date', '>=', dates.since(since)], ['is_deleted', '=', false]];
      const made = await all({ entity: 'Contact', select: CONTACT_FIELDS, where, read: (row) => readContact(row, dates) }, signal);
      const emails = await each(made.map(({ id }) => id), (chunk) => ({ entity: 'Email', select: EMAIL_FIELDS, where: [['contact_id', 'IN', chunk]], read: readEmail }), signal);
      const owners = new Set(emails.map((email) => email.contactId));
      return made.filter(({ id }) => !owners.has(id));
    },

    async mergedTo(ids, signal) {
      const survivors = new Map<ContactId, ContactId>();
      for (const [id, merged] of await mergers(api, 'getMergedTo', ids, deadline, signal)) {
        const survivor = merged.at(-1);
        if (survivor !== undefined) survivors.set(id, survivor);
      }
      return survivors;
    },

    mergedFrom: (ids, signal) => mergers(api, 'getMergedFrom', ids, deadline, signal),
  };
}

/** Rows of these groups, and the domain-wide ones. */
const ofGroups = (groups: readonly GroupId[]): unknown => ['OR', [['group_id', 'IN', groups], ['group_id', 'IS NULL']]];

/** Asks for the merges of each contact, many in a request. CiviCRM follows chains itself (facts/civicrm.md). */
async function mergers(
  api: Api4,
  action: 'getMergedTo' | 'getMergedFrom',
  ids: readonly ContactId[],
  deadline: Duration,
  signal?: AbortSignal,
): Promise<ReadonlyMap<ContactId, readonly ContactId[]>> {
  const merged = new Map<ContactId, readonly ContactId[]>();
  for (const chunk of chunksOf(ids, CALLS)) {
    const calls = chunk.map((id) => ({ entity: 'Contact', action, params: { contactId: id } }));
    const answers = await api.readMany(calls, deadline, signal);
    for (const [at, id] of chunk.entries()) {
      // "Never" is [null] or [[]], according to the version.
      const found = (answers[at] ?? []).map(checkId).flatMap((row) => (row.fits ? [contactId(Number(row.value.id))] : []));
      if (found.length > 0) merged.set(id, found);
    }
  }
  return merged;
}
