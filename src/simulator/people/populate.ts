import type { CivicrmSimulator, MailchimpSimulator } from '../simulated-services.ts';
import { world } from '../world.ts';
import { expectationOf } from './expect.ts';
import type { Expectation } from './expectation.ts';
import { generatePeople, PAST, type NamedPerson, type PeopleOptions } from './generate.ts';
import { importedContact, importedMember } from './import-people.ts';

/** Makes people in both services, which hold nobody yet, and tells what must come out for each. */
export function populate(mailchimp: MailchimpSimulator, civicrm: CivicrmSimulator, options: PeopleOptions): Expectation[] {
  const people = generatePeople(options);
  const { listId } = world.mailchimp;
  const before = options.now - PAST;
  mailchimp.importMembers(listId, people.flatMap((person) => person.plan.members.map((plan) => importedMember(person, plan))));
  forget(mailchimp, people.flatMap(({ plan }) => plan.forgotten));
  for (const address of people.flatMap(({ plan }) => plan.tooManySignups)) mailchimp.administrators.markTooManySignups(listId, address);
  const tagId = tagIds(civicrm);
  const ids = civicrm.acts.importContacts(people.flatMap((person) => person.plan.contacts.map((plan) => importedContact(person, plan, before, tagId))));
  const byPerson = inPortions(ids, people.map(({ plan }) => plan.contacts.length));
  people.forEach((person, index) => merge(civicrm, person, byPerson[index] ?? []));
  return people.map((person, index) => expectationOf(person, index + 1, byPerson[index] ?? []));
}

/** The site's tags by label, made when they are first named. */
function tagIds({ tables, acts }: CivicrmSimulator): (label: string) => number {
  const known = new Map([...tables.tag.all()].map(({ id, label }) => [label, id]));
  return (label) => {
    const id = known.get(label) ?? acts.createTag(label);
    known.set(label, id);
    return id;
  };
}

/** Addresses are forgotten by deleting their members for good. */
function forget(mailchimp: MailchimpSimulator, addresses: readonly string[]): void {
  const { listId } = world.mailchimp;
  mailchimp.importMembers(listId, addresses.map((email) => ({ email, status: 'archived' })));
  for (const address of addresses) mailchimp.administrators.deletePermanently(listId, address);
}

function merge(civicrm: CivicrmSimulator, { plan }: NamedPerson, ids: readonly number[]): void {
  plan.contacts.forEach(({ mergedInto }, index) => {
    const [main, duplicate] = [mergedInto === null ? undefined : ids[mergedInto], ids[index]];
    if (main !== undefined && duplicate !== undefined) civicrm.acts.merge(main, duplicate);
  });
}

function inPortions<Item>(items: readonly Item[], sizes: readonly number[]): (readonly Item[])[] {
  let from = 0;
  return sizes.map((size) => items.slice(from, (from += size)));
}
