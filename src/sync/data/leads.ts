import type { ContactId, RowId } from '../../base/ids.ts';
import type { Contact } from '../../civicrm/reader.ts';
import type { Row } from '../../store/entities.ts';
import { mayBeMailed } from '../civicrm-word.ts';
import { groupBy, unique } from '../collections.ts';
import { membersAmong } from '../group-members.ts';
import type { AudienceContext } from '../stage.ts';

/**
 * The contact whose data a row's member gets: of the live contacts that use the address the lowest id among the Added who
 * may be mailed, else among the Added; where nobody is Added, the row's own (algorithm.md, "Shared addresses"). The
 * decision has the last word: data of another contact than the one that it finds are not sent.
 */
export async function leadsOf(context: AudienceContext, rows: readonly Row[], signal?: AbortSignal): Promise<ReadonlyMap<RowId, Contact>> {
  const { civicrm, settings } = context;
  const addresses = unique(rows.flatMap((row) => row.email ?? []));
  const owners = groupBy(addresses.length > 0 ? await civicrm.emailsByAddress(addresses, signal) : [], (email) => email.email);
  const usersOf = (row: Row): readonly ContactId[] => unique([...(row.email === null ? [] : (owners.get(row.email) ?? []).map((email) => email.contactId)), ...(row.contactId === null ? [] : [row.contactId])]);
  const ids = unique(rows.flatMap(usersOf));
  if (ids.length === 0) return new Map();
  const contacts = new Map((await civicrm.contactsById(ids, signal)).filter((contact) => !contact.isDeleted).map((contact) => [contact.id, contact]));
  const added = await membersAmong(context, ids, settings.subscriptionGroup, signal);
  const leads = new Map<RowId, Contact>();
  for (const row of rows) {
    const users = usersOf(row).flatMap((id) => contacts.get(id) ?? []).toSorted((one, other) => one.id - other.id);
    const keepers = users.filter((contact) => added.has(contact.id));
    const lead = keepers.find((contact) => settings.optOut === 'ignore' || mayBeMailed(contact)) ?? keepers[0] ?? users.find((contact) => contact.id === row.contactId) ?? users[0];
    if (lead) leads.set(row.id, lead);
  }
  return leads;
}
