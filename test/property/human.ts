import type { Audience } from './audience.ts';
import type { CivicrmActs } from './civicrm-acts.ts';
import { HUMAN_ACTS, type Control, type HumanAct } from './history.ts';
import { mailchimpActs } from './mailchimp-acts.ts';
import type { World } from './world.ts';

const PEOPLE = ['p', 'q', 'r'] as const;
const ADDRESSES = 3;

/** An address belongs to one person for ever: `p1@example.org` is the first of the first. */
const addressOf = (person: number, which: number): string => `${PEOPLE[person % PEOPLE.length]}${(which % ADDRESSES) + 1}@example.org`;

const personOf = (address: string): number => PEOPLE.findIndex((letter) => address.startsWith(letter));

export interface Acting {
  readonly world: World;
  /** The one that the act is done to, where it is done to one. */
  readonly audience: Audience;
  readonly civicrm: CivicrmActs;
  readonly person: number;
  /** Which of the person's addresses or contacts. */
  readonly which: number;
  readonly number: number;
}

const humanActs: ReadonlySet<string> = new Set(HUMAN_ACTS);
export const isHuman = (act: HumanAct | Control): act is HumanAct => humanActs.has(act);

/** Does what a person or an administrator does; nothing where there is nothing to do. */
export function actAsHuman(act: HumanAct, acting: Acting): void {
  const { world, audience, civicrm, person, which, number } = acting;
  const { group, interest } = audience.binding;
  const address = addressOf(person, which);
  const next = addressOf(person, which + 1);
  const name = `N${number}`;
  const contact = contactOf(world, person, which);
  switch (act) {
    case 'subscribe':
    case 'signUp':
    case 'confirm':
    case 'unsubscribe':
    case 'adminSubscribe':
    case 'adminUnsubscribe':
    case 'archive':
    case 'clean':
      return mailchimpActs[act](world, audience, address);
    case 'deleteMember':
      return mailchimpActs.deletePermanently(world, audience, address);
    case 'profile':
      return mailchimpActs.editProfile(world, audience, address, name);
    case 'toggle':
      return mailchimpActs.toggleInterest(world, audience, address);
    case 'move':
      return mailchimpActs.changeAddress(world, audience, address, next);
    case 'newContact':
      return civicrm.newContact(address, name);
    case 'add':
      return civicrm.add(contact, group);
    case 'remove':
      return civicrm.remove(contact, group, number % 8 === 0);
    case 'addInterest':
      return interest ? civicrm.add(contact, interest.group) : undefined;
    case 'removeInterest':
      return interest ? civicrm.remove(contact, interest.group, false) : undefined;
    case 'rename':
      return civicrm.rename(contact, name);
    case 'editEmail':
      return civicrm.editEmail(contact, next);
    case 'deleteEmail':
      return civicrm.deleteEmail(contact);
    case 'giveEmail':
      return civicrm.giveEmail(contact, addressOf(person, number));
    case 'trash':
      return civicrm.trash(contact);
    case 'restore':
      return civicrm.restore(inTrash(world, person, which));
    case 'deleteContact':
      return civicrm.deleteForGood(number % 2 === 0 ? contact : inTrash(world, person, which));
    case 'merge':
      return civicrm.merge(contact, contactOf(world, number % 4 === 0 ? person + 1 : person, which + 1));
    case 'optOut':
      return civicrm.optOut(contact, number % 2 === 1);
    case 'mark':
      return civicrm.mark(contact, number % 2 === 1 ? 'is_deceased' : 'do_not_email');
    case 'optIn':
      return civicrm.takeBackOptOut(contact);
    case 'begin':
      return civicrm.begin(contact, audience);
    case 'commit':
      return civicrm.commitBefore(Number.POSITIVE_INFINITY);
    case 'rollBack':
      return civicrm.rollBack();
  }
}

/** One of a person's live contacts: those with an address of theirs; 0: none. */
const contactOf = (world: World, person: number, which: number): number => nth(contactsOf(world, person, false), which);

/** One of those in the trash that were not merged. */
const inTrash = (world: World, person: number, which: number): number => nth(contactsOf(world, person, true).filter((id) => !world.contacts.wasMerged(id)), which);

const contactsOf = (world: World, person: number, isDeleted: boolean): readonly number[] =>
  world.contacts.all().flatMap((row) => (row.is_deleted === isDeleted && world.contacts.addressesOf(row.id).some((address) => personOf(address) === person % PEOPLE.length) ? [row.id] : []));

const nth = (ids: readonly number[], which: number): number => ids[which % (ids.length || 1)] ?? 0;
