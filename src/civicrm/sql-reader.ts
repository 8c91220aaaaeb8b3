import { MINUTE, SECOND } from '../base/clock.ts';
import { SyncError } from '../base/errors.ts';
import type { EmailAddress } from '../base/ids.ts';
import type { ClientEnvironment } from '../http/service.ts';
import type { CivicrmSettings } from '../settings/settings.ts';
import type { Api4 } from './api4.ts';
import { createApi4Reader, type ReadDeadlines } from './api4-reader.ts';
import { chunksOf } from './chunks.ts';
import { SiteDates } from './dates.ts';
import { byId, bestFirst } from './order.ts';
import type { CivicrmReader, ContactEmail } from './reader.ts';
import { hasAddress } from './rows.ts';
import { catchUp } from './sql/catch-up.ts';
import { dateColumns, historyDates, type ColumnDates } from './sql/column-dates.ts';
import { contactsModified, contactsWith } from './sql/contacts.ts';
import { CivicrmDatabase } from './sql/database.ts';
import { emailsAt, emailsOf } from './sql/emails.ts';
import { addedTo, groupContactsOf, groupsWith } from './sql/groups.ts';
import { historyIdsIn, historyOf, historyPast } from './sql/history.ts';
import { checkSameSite, readableTables } from './sql/probe.ts';
import type { Statement } from './sql/statement.ts';

/** Ids or addresses in one statement. */
const LISTED = 1000;

/** A reader that holds connections. */
export interface SqlReader extends CivicrmReader {
  close(): Promise<void>;
}

/**
 * Reads CiviCRM's own tables, as APIv4 would show them; nothing is ever written by SQL (facts/civicrm.md). With
 * APIv4 stay: merges, whose chains CiviCRM follows itself; smart groups, whose searches it makes itself; the site's time, because what the history and this sync
 * compare is dated by the site's PHP and not by the database, which may be on another machine; and up to which write
 * the database has to be, when it is a copy (`catchUp`).
 * Throws `settings_invalid` for an address that is none.
 */
export function createSqlReader(settings: CivicrmSettings, api: Api4, environment: ClientEnvironment & ReadDeadlines): SqlReader {
  if (settings.database === null) throw new SyncError('settings_invalid', '`civicrm.database`: the address of CiviCRM\'s database is missing.');
  const { clock, deadline = 5 * MINUTE, checkDeadline = 20 * SECOND } = environment;
  const database = new CivicrmDatabase(settings.database, environment);
  const overApi = createApi4Reader(api, settings.timezone, environment);
  const dates = new SiteDates(settings.timezone, () => api.service.now());
  const ask = <Row>(statement: Statement<Row>, signal?: AbortSignal): Promise<readonly Row[]> => database.all(statement, deadline, signal);
  const check = <Row>(statement: Statement<Row>, signal?: AbortSignal): Promise<readonly Row[]> => database.all(statement, checkDeadline, signal);

  /** One statement a chunk of a list, their rows together. */
  const each = async <Item, Row>(items: readonly Item[], statement: (chunk: readonly Item[]) => Statement<Row>, signal?: AbortSignal): Promise<Row[]> => {
    const rows: Row[] = [];
    for (const chunk of chunksOf(items, LISTED)) for (const row of await ask(statement(chunk), signal)) rows.push(row);
    return rows;
  };

  let historyColumn: ColumnDates | null = null;
  const datesOfHistory = async (signal?: AbortSignal): Promise<ColumnDates> => (historyColumn ??= historyDates(await check(dateColumns, signal), dates));

  return {
    async probe(signal) {
      await overApi.probe(signal);
      for (const table of readableTables) await check(table, signal);
      historyColumn = null; // an upgrade of the site may have changed it
      await datesOfHistory(signal);
    },
    async checkTimezone(signal) {
      await overApi.checkTimezone(signal);
      await checkSameSite({ api, dates, ask: check, deadline: checkDeadline }, signal);
    },
    catchUp: (signal) => catchUp({ api, dates, clock, ask, deadline }, signal),
    clockOffset: () => overApi.clockOffset(),
    now: () => overApi.now(),
    requests: () => new Map([...overApi.requests(), ...database.requests()]),
    // After a creation was cut short: what is there is better asked where it was made.
    madeWithoutEmail: (source, since, signal) => overApi.madeWithoutEmail(source, since, signal),
    // CiviCRM searches only when it is asked over the API; its tables may hold what it found long ago, or nothing.
    searchResult: (group, ids, signal) => overApi.searchResult(group, ids, signal),
    searchedAfter: (group, after, limit, signal) => overApi.searchedAfter(group, after, limit, signal),
    mergedTo: (ids, signal) => overApi.mergedTo(ids, signal),
    mergedFrom: (ids, signal) => overApi.mergedFrom(ids, signal),

    contactsById: async (ids, signal) => (await each(ids, contactsWith, signal)).sort(byId),

    async emailsByAddress(addresses, signal) {
      const wanted = new Set<EmailAddress>(addresses);
      const found = new Map<number, ContactEmail>();
      // The database finds more than was asked for, perhaps the same e-mail for two addresses.
      for (const email of await each(addresses, emailsAt, signal)) if (wanted.has(email.email)) found.set(email.id, email);
      return [...found.values()].sort(byId);
    },

    emailsOfContacts: async (ids, signal) => (await each(ids, emailsOf, signal)).filter(hasAddress).sort(bestFirst),

    groups: async (ids, signal) => (await each(ids, groupsWith, signal)).sort(byId),

    async groupContacts(ids, groups, signal) {
      if (groups.length === 0) return [];
      const rows = await each(ids, (chunk) => groupContactsOf(chunk, groups), signal);
      return rows.sort((a, b) => a.contactId - b.contactId || a.groupId - b.groupId);
    },

    addedAfter: (group, after, limit, signal) => ask(addedTo(group, after, limit), signal),

    async history(ids, groups, signal) {
      const column = await datesOfHistory(signal);
      return (await each(ids, (chunk) => historyOf(chunk, groups, column), signal)).sort(byId);
    },

    historySince: async (after, groups, limit, signal) => ask(historyPast(after, groups, limit, await datesOfHistory(signal)), signal),

    historyIds: async (from, to, signal) => new Set(from > to ? [] : await ask(historyIdsIn(from, to), signal)),

    modifiedSince: (since, after, limit, signal) => ask(contactsModified(since, after, limit), signal),

    close: () => database.close(),
  };
}
