import type { ContactId, GroupId } from '../base/ids.ts';
import type { Row } from '../store/entities.ts';
import { knownUsers } from './changed-contacts.ts';
import { unique } from './collections.ts';
import { membersOf } from './group-members.ts';
import { pagesOfRows } from './pages.ts';
import type { StageContext } from './stage.ts';

/** Contacts read at a time (facts/civicrm.md: 5,000 serve best). */
const PAGE = 5000;

/**
 * Rows of contacts that the search of a bound smart group finds and did not find at the last look, or the other way
 * round, in pages. No history tells of that (facts/civicrm.md), so everybody is compared. The ids of the groups' members
 * are held in memory meanwhile, some 40 bytes each.
 */
export async function* rowsFoundOtherwise(context: StageContext): AsyncGenerator<readonly Row[]> {
  const { store, settings, signal } = context;
  const groups = await context.smartGroups(signal);
  if (groups.size === 0) return;
  const members = new Map<GroupId, ReadonlySet<ContactId>>();
  for (const group of groups) members.set(group, await allMembers(context, group));
  for await (const rows of pagesOfRows(context, { kind: 'all' }, signal)) {
    const memories = new Map((await store.contactMemories(settings.listId, unique(rows.flatMap(knownUsers)))).map((memory) => [memory.contactId, memory]));
    const isOtherwise = (id: ContactId): boolean => [...members].some(([group, found]) => found.has(id) !== (memories.get(id)?.unexplained[group]?.value ?? false));
    yield rows.filter((row) => knownUsers(row).some(isOtherwise));
  }
}

async function allMembers(context: StageContext, group: GroupId): Promise<ReadonlySet<ContactId>> {
  const all = new Set<ContactId>();
  for await (const ids of membersOf(context, group, PAGE, context.signal)) for (const id of ids) all.add(id);
  return all;
}
