import type { Duration, Instant } from '../base/clock.ts';
import { SyncError } from '../base/errors.ts';
import { contactId, type ContactId, type GroupId } from '../base/ids.ts';
import type { Api4, Api4Call } from './api4.ts';
import { chunksOf } from './chunks.ts';
import type { SiteDates } from './dates.ts';
import { TRASHED_TOO } from './queries.ts';
import type { SearchResult } from './reader.ts';
import { checkId, readSearched, SEARCHED_FIELDS } from './rows.ts';

/** Contacts asked for in one request. */
const LISTED = 1000;

interface Site {
  readonly api: Api4;
  readonly dates: SiteDates;
  readonly deadline: Duration;
}

/**
 * Asks which contacts are in a smart group. CiviCRM answers from a table that it fills anew when what is in it is older
 * than a setting of the site, and keeps in `cache_date` when that was (CRM_Contact_BAO_GroupContactCache); so the date
 * is asked for before and after, in the same request. Where there was none before, the request has filled the table, and
 * is made once more.
 */
export async function searchResult(site: Site, group: GroupId, ids: readonly ContactId[], signal?: AbortSignal): Promise<SearchResult> {
  const members = new Set<ContactId>();
  const dates: { since: Instant | null; at: Instant }[] = [];
  for (const chunk of chunksOf(ids, LISTED)) {
    const made = { entity: 'Group', action: 'get', params: { select: SEARCHED_FIELDS, where: [['id', '=', group]] } };
    const found = { entity: 'Contact', action: 'get', params: { select: ['id'], where: [['groups', 'IN', [group]], ['id', 'IN', chunk], TRASHED_TOO], orderBy: { id: 'ASC' } } };
    const ask = (): Promise<readonly (readonly unknown[])[]> => site.api.readMany([made, found, made], site.deadline, signal);
    const answers = await ask();
    const [before, contacts = [], after] = searchedAt(site, group, answers[0], made) === null ? await ask() : answers;
    for (const row of contacts) members.add(contactId(Number(site.api.fitting(checkId(row), found).id)));
    dates.push({ since: searchedAt(site, group, before, made), at: searchedAt(site, group, after, made) ?? site.api.service.now() });
  }
  const sinces = dates.map(({ since }) => since);
  return {
    members,
    since: sinces.some((since) => since === null) ? null : Math.min(...sinces.map(Number)),
    at: Math.max(...dates.map(({ at }) => at)),
  };
}

/** When CiviCRM last searched; null: it will at the next read. Of a group that is disabled it shows nobody, which must not be believed. */
function searchedAt({ api, dates }: Site, group: GroupId, answer: readonly unknown[] | undefined, call: Api4Call): Instant | null {
  const searched = answer?.[0] === undefined ? null : api.fitting(readSearched(answer[0], dates), call);
  if (searched?.isActive !== true) throw new SyncError('group_missing', `The CiviCRM smart group ${group} is not there any more, or is disabled: enable it, or bind the audience to another.`);
  return searched.at;
}
