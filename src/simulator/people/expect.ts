import type { Expectation } from './expectation.ts';
import type { NamedPerson } from './generate.ts';
import { dataOf } from './import-people.ts';
import type { ContactPlan, PersonPlan } from './person.ts';

/** What a person's plan foretells, told with the ids that CiviCRM gave to the plan's contacts, in their order. */
export function expectationOf(person: NamedPerson, number: number, contactIds: readonly number[]): Expectation {
  const { plan, kind, firstName, lastName } = person;
  const { newContact } = plan;
  return {
    person: number,
    kind: kind.name,
    tells: kind.tells,
    members: expectedMembers(person),
    contacts: plan.contacts.map((contact, index) => {
      const { data, ...groups } = contact.becomes;
      const known = dataOf(person, data ?? contact.data);
      return { id: contactIds[index] ?? 0, live: isLive(contact), ...groups, name: { firstName: known.firstName, lastName: known.lastName } };
    }),
    newContact: newContact && { address: newContact.address, firstName, lastName, group: 'Added', interestGroup: newContact.interest ? 'Added' : null },
    owners: Object.fromEntries(addressesOf(plan).map((address) => [address, ownersOf(plan, address)])),
    held: [...plan.held, ...plan.contacts.flatMap(({ emails }) => emails.filter(({ onHold }) => onHold).map(({ address }) => address))],
    failure: plan.failure,
  };
}

function expectedMembers(person: NamedPerson): Expectation['members'] {
  const { plan } = person;
  return addressesOf(plan).map((address) => {
    const member = plan.members.find((each) => each.address.toLowerCase() === address);
    const made = plan.newMembers.find((each) => each.address === address);
    if (member) {
      const { data, ...rest } = member.becomes;
      return { address, ...rest, data: dataOf(person, data ?? member.data) };
    }
    return { address, status: made ? 'subscribed' : null, interest: made?.interest ?? false, ...(made && { data: dataOf(person, made.data) }) };
  });
}

function ownersOf(plan: PersonPlan, address: string): number {
  const before = plan.contacts.filter((contact) => isLive(contact) && contact.emails.some((email) => email.address === address));
  return before.length + (plan.newContact?.address === address ? 1 : 0);
}

const isLive = ({ trashed, mergedInto }: ContactPlan): boolean => !trashed && mergedInto === null;

/** Every address of a person, once, in lower case. */
function addressesOf(plan: PersonPlan): string[] {
  const addresses = [...plan.members.map(({ address }) => address), ...plan.contacts.flatMap(({ emails }) => emails.map(({ address }) => address)), ...plan.forgotten];
  return [...new Set(addresses.map((address) => address.toLowerCase()))];
}
