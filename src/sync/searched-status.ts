import { MINUTE, type Duration, type Instant } from '../base/clock.ts';
import type { HistoryRow } from '../civicrm/reader.ts';
import type { UnexplainedStatus } from '../store/entities.ts';
import { EVER } from './words.ts';

/** What the search of a smart group shows of one contact. */
export interface SearchLook {
  readonly found: boolean;
  /** CiviCRM searched no earlier than then (null: not known), and no later than `at`. */
  readonly since: Instant | null;
  readonly at: Instant;
}

/** Who is not found any more left the group when another search, looked at so much later, does not find them either. */
const BELIEVED_AFTER: Duration = MINUTE;

/**
 * The status that a smart group's search gives a contact, as a word; undefined: none. To be found is nobody's act and has
 * no date: a yes `[ever, the search]`, so that it outdoes no person's own no, or later than the removal by hand that it
 * contradicts; a search that may be older than the removal contradicts nothing. To be found no longer is a no `[last search that found, first that did not]`, believed only when
 * a second search does not find either: while CiviCRM fills its table anew, a group may read as empty, and who comes back
 * from the trash is not in it until then (CRM_Contact_BAO_GroupContactCache: who does not get the lock reads the table
 * as it is).
 */
export function searchedStatus(search: SearchLook, last: HistoryRow | undefined, known: UnexplainedStatus | undefined, now: Instant): UnexplainedStatus | undefined {
  const after = last?.id ?? null;
  const isRemoved = last !== undefined && last.status !== 'Added';
  const isFound = search.found && !(isRemoved && last.id !== known?.after && (search.since === null || search.since <= last.date));
  if (isFound) return { ...(known?.value && known.after === after ? withoutMissing(known) : found(search, last)), foundAt: search.since ?? known?.foundAt ?? EVER };
  if (!known) return undefined;
  if (!known.value) return known.after === after ? known : undefined;
  if (isRemoved && last.id !== known.after) return undefined;
  if (!known.missing) return { ...known, missing: { since: known.foundAt ?? EVER, at: search.at, seen: now } };
  if (search.at <= known.missing.at || now - known.missing.seen < BELIEVED_AFTER) return known;
  return { value: false, since: known.missing.since, at: known.missing.at, source: 'civicrm', searched: true, after };
}

function found(search: SearchLook, last: HistoryRow | undefined): UnexplainedStatus {
  const since = last && last.status !== 'Added' ? last.date + 1 : EVER;
  return { value: true, since, at: Math.max(since, search.at), source: 'civicrm', searched: true, after: last?.id ?? null };
}

function withoutMissing({ missing: _missing, ...status }: UnexplainedStatus): UnexplainedStatus {
  return status;
}
