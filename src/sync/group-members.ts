import type { ContactId, GroupId } from '../base/ids.ts';
import type { CivicrmReader } from '../civicrm/reader.ts';
import { isAdded } from './civicrm-word.ts';
import { unique } from './collections.ts';
import type { AudienceContext } from './stage.ts';

/** Contacts read at a time (facts/civicrm.md: 5,000 serve best). */
const PAGE = 5000;

type MembersReading = Pick<AudienceContext, 'civicrm' | 'smartGroups'>;

/** Which of these contacts are in a group: Added to it, or of a smart group found by its search. */
export async function membersAmong({ civicrm, smartGroups }: MembersReading, ids: readonly ContactId[], group: GroupId, signal?: AbortSignal): Promise<ReadonlySet<ContactId>> {
  if (ids.length === 0) return new Set();
  if ((await smartGroups(signal)).has(group)) return (await civicrm.searchResult(group, ids, signal)).members;
  return new Set((await civicrm.groupContacts(ids, [group], signal)).filter(({ status }) => isAdded(status)).map(({ contactId }) => contactId));
}

/** The live contacts that are in a group, in pages, by id. */
export async function* membersOf({ civicrm, smartGroups }: MembersReading, group: GroupId, signal: AbortSignal): AsyncGenerator<readonly ContactId[]> {
  const isSmart = (await smartGroups(signal)).has(group);
  for (let after: ContactId | null = null; ; ) {
    signal.throwIfAborted();
    const ids: readonly ContactId[] = isSmart ? await civicrm.searchedAfter(group, after, PAGE, signal) : await civicrm.addedAfter(group, after, PAGE, signal);
    yield ids;
    if (ids.length < PAGE) return;
    after = ids.at(-1)!;
  }
}

/** The ids of all of them, held in memory: some 40 bytes each. */
export async function allMembersOf(reading: MembersReading, group: GroupId, signal: AbortSignal): Promise<ReadonlySet<ContactId>> {
  const all = new Set<ContactId>();
  for await (const ids of membersOf(reading, group, signal)) for (const id of ids) all.add(id);
  return all;
}

/** Which of some groups are smart groups, asked for once. One that is made smart meanwhile keeps its members as added by hand. */
export function smartGroupsAmong(civicrm: Pick<CivicrmReader, 'groups'>, groups: readonly GroupId[]): AudienceContext['smartGroups'] {
  let found: Promise<ReadonlySet<GroupId>> | null = null;
  return (signal) => {
    found ??= civicrm.groups(unique(groups), signal).then((all) => new Set(all.filter((group) => group.isSmart).map((group) => group.id)));
    found.catch(() => (found = null));
    return found;
  };
}
