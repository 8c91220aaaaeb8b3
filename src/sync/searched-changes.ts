import type { ContactId, GroupId } from '../base/ids.ts';
import type { Row } from '../store/entities.ts';
import { knownUsers } from './changed-contacts.ts';
import { unique } from './collections.ts';
import { allMembersOf } from './group-members.ts';
import { pagesOfRows } from './pages.ts';
import type { StageContext } from './stage.ts';

/**
 * Rows of contacts that the search of a bound smart group finds and did not find at the last look, or the other way
 * round, in pages. No history tells of that (facts/civicrm.md), so everybody is compared. The ids of the groups' members
 * are held in memory meanwhile.
 */
export async function* rowsFoundOtherwise(context: StageContext): AsyncGenerator<readonly Row[]> {
  const { store, settings, signal } = context;
  const groups = await context.smartGroups(signal);
  if (groups.size === 0) return;
  const members = new Map<GroupId, ReadonlySet<ContactId>>();
  for (const group of groups) members.set(group, await allMembersOf(context, group, signal));
  for await (const rows of pagesOfRows(context, { kind: 'all' }, signal)) {
    const memories = new Map((await store.contactMemories(settings.listId, unique(rows.flatMap(knownUsers)))).map((memory) => [memory.contactId, memory]));
    const isOtherwise = (id: ContactId): boolean => [...members].some(([group, found]) => found.has(id) !== (memories.get(id)?.unexplained[group]?.value ?? false));
    yield rows.filter((row) => knownUsers(row).some(isOtherwise));
  }
}
