import type { CivicrmSimulator, MailchimpSimulator } from '../simulated-services.ts';
import { world } from '../world.ts';
import type { Observed, ObservedContact } from './judge.ts';
import type { PlannedData } from './person.ts';

/** Both simulators as they are now, for the judge. Later changes are not seen. */
export function observe(mailchimp: MailchimpSimulator, civicrm: CivicrmSimulator): Observed {
  const { tables } = civicrm;
  const list = mailchimp.state.lists.find(({ id }) => id === world.mailchimp.listId);
  const tagNames = new Map((list?.tags ?? []).map(({ id, name }) => [id, name]));
  const members = new Map(
    (list?.members ?? []).map((member) => [
      member.email.toLowerCase(),
      { status: member.status, interest: member.interests.includes(world.mailchimp.interestId), data: dataOf(member, tagNames) },
    ]),
  );
  const owners = new Map<string, Set<number>>();
  const held = new Set<string>();
  for (const { email, contact_id: contact, on_hold: onHold } of tables.email.all()) {
    if (email === null || contact === null || tables.contact.get(contact)?.is_deleted !== false) continue;
    owners.set(email, (owners.get(email) ?? new Set()).add(contact));
    if (onHold !== 0) held.add(email);
  }
  return {
    member: (address) => members.get(address) ?? null,
    contact: (id) => observedContact(civicrm, id),
    owners: (address) => [...(owners.get(address) ?? [])].sort((one, other) => one - other),
    isHeld: (address) => held.has(address),
  };
}

type MemberRecord = MailchimpSimulator['state']['lists'][number]['members'][number];

function dataOf({ mergeFields, tags }: MemberRecord, tagNames: ReadonlyMap<number, string>): PlannedData {
  const text = (tag: string): string => {
    const value = mergeFields[tag];
    return typeof value === 'string' ? value : '';
  };
  return { firstName: text('FNAME'), lastName: text('LNAME'), tags: tags.map(({ id }) => tagNames.get(id) ?? ''), jobTitle: text(world.mailchimp.jobField) };
}

function observedContact({ tables }: CivicrmSimulator, id: number): ObservedContact | null {
  const contact = tables.contact.get(id);
  if (contact === undefined) return null;
  const memberships = tables.groupContact.find('contact_id', id);
  const statusIn = (groupId: number): string | null => memberships.find((row) => row.group_id === groupId)?.status ?? null;
  return {
    live: !contact.is_deleted,
    firstName: contact.first_name ?? '',
    lastName: contact.last_name ?? '',
    group: statusIn(world.civicrm.subscriptionGroup.id),
    interestGroup: statusIn(world.civicrm.interestGroup.id),
  };
}
