import { BINDINGS, type Audience } from './audience.ts';
import type { Act } from './truth.ts';
import type { Watch } from './watch.ts';
import type { World } from './world.ts';

/** What administrators and people do in CiviCRM, by one world. */
export class CivicrmActs {
  readonly #world: World;
  readonly #watch: Watch;
  /** Long transactions that are open, and when they began (ms). */
  readonly #open = new Map<number, { readonly contact: number; readonly began: number }>();
  /** Contacts whose opt-out was taken back once: a tick set again unseen would not be noticed. */
  readonly #lifted = new Set<number>();
  /** Contacts that were trashed or deleted for good; one that came back is not among them. */
  readonly #deleted = new Set<number>();

  constructor(world: World, watch: Watch) {
    this.#world = world;
    this.#watch = watch;
  }

  newContact(address: string, name: string): void {
    if (!this.#isFree(address, null)) return;
    const id = this.#acts.createContact({ firstName: name, email: address });
    this.#world.tell(`** civicrm-admin: makes contact ${id} "${name}" ${address}`);
  }

  add(contact: number, group: number): void {
    if (!this.#world.contacts.isLive(contact) || !this.#acts.addToGroup(contact, group)) return;
    const audience = this.#audienceOf(group);
    if (audience) audience.actOnContact(contact, { yes: true, who: 'civicrm-admin', text: `adds contact ${contact}` });
    else this.#world.tell(`** civicrm-admin: adds contact ${contact} to the interest group`);
  }

  remove(contact: number, group: number, forGood: boolean): void {
    const { contacts } = this.#world;
    this.#commitOf(contact);
    if (!contacts.isLive(contact) || !contacts.isAdded(contact, group)) return;
    if (forGood) this.#acts.deleteFromGroup(contact, group);
    else this.#acts.removeFromGroup(contact, group);
    const audience = this.#audienceOf(group);
    if (audience) audience.actOnContact(contact, { yes: false, who: 'civicrm-admin', text: `${forGood ? 'deletes the membership of' : 'removes'} contact ${contact}` });
    else this.#world.tell(`** civicrm-admin: removes contact ${contact} from the interest group`);
  }

  rename(contact: number, name: string): void {
    if (!this.#world.contacts.isLive(contact)) return;
    this.#acts.rename(contact, { firstName: name });
    this.#world.tell(`** civicrm-admin: names contact ${contact} ${name}`);
  }

  /** The oldest address becomes another. */
  editEmail(contact: number, to: string): void {
    const { contacts, audiences, options } = this.#world;
    const email = contacts.emailsOf(contact).toSorted((one, other) => one.id - other.id)[0];
    if (!email?.email || !contacts.isLive(contact) || email.email === to || !this.#isFree(to, contact)) return;
    for (const { truth } of audiences) {
      truth.moved.add(email.email).add(to);
      if (!options.share) truth.reused.add(email.email).add(to);
      truth.gives(contact, email.email);
    }
    this.#acts.editEmail(email.id, to);
    this.#world.tell(`** civicrm-admin: edits the address of contact ${contact}: ${email.email} to ${to}`);
  }

  /** The oldest of several addresses goes. */
  deleteEmail(contact: number): void {
    const { contacts, audiences } = this.#world;
    const emails = contacts.emailsOf(contact).toSorted((one, other) => one.id - other.id);
    const [email] = emails;
    if (!email?.email || emails.length < 2 || !contacts.isLive(contact)) return;
    if (!emails.slice(1).some((other) => other.email === email.email)) for (const { truth } of audiences) truth.gives(contact, email.email);
    this.#acts.deleteEmail(email.id);
    this.#world.tell(`** civicrm-admin: deletes the address ${email.email} of contact ${contact}`);
  }

  giveEmail(contact: number, address: string): void {
    const { contacts } = this.#world;
    if (!contacts.isLive(contact) || contacts.addressesOf(contact).includes(address) || !this.#isFree(address, contact)) return;
    this.#acts.addEmail(contact, address);
    this.#world.tell(`** civicrm-admin: gives contact ${contact} the address ${address} as well`);
  }

  trash(contact: number): void {
    if (!this.#world.contacts.isLive(contact)) return;
    this.#goes(contact, 'trashes');
    this.#acts.trash(contact);
  }

  /** As if it had not been trashed. */
  restore(contact: number): void {
    if (!this.#deleted.has(contact)) return;
    this.#deleted.delete(contact);
    for (const { truth } of this.#world.audiences) {
      truth.deleted.delete(contact);
      truth.restored.add(contact);
      truth.said = truth.said.filter((said) => said.contact !== contact || !said.isDeletion);
    }
    this.#acts.restore(contact);
    this.#world.tell(`** civicrm-admin: takes contact ${contact} out of the trash`);
  }

  deleteForGood(contact: number): void {
    const { contacts } = this.#world;
    if (contacts.get(contact) === undefined) return;
    if (contacts.isLive(contact)) this.#goes(contact, 'deletes for good');
    else this.#world.tell(`** civicrm-admin: deletes contact ${contact} from the trash`);
    this.#acts.deletePermanently(contact);
  }

  /** A word only for a contact that the sync has met, and where the settings take it for one. */
  #goes(contact: number, how: string): void {
    this.#commitOf(contact);
    this.#deleted.add(contact);
    for (const audience of this.#world.audiences) {
      audience.truth.deleted.add(contact);
      const isWord = this.#world.options.onContactDeleted === 'unsubscribe' && this.#world.sync.knows(contact, audience.binding.list);
      if (isWord) audience.actOnContact(contact, { yes: false, who: 'civicrm-admin', text: `${how} contact ${contact}`, isDeletion: true });
      else audience.tell(`** civicrm-admin: ${how} contact ${contact}, which is no word`);
    }
  }

  optOut(contact: number, byMail: boolean): void {
    const { contacts } = this.#world;
    if (!contacts.isLive(contact) || contacts.get(contact)?.is_opt_out) return;
    this.#optsOut(contact, 'person', `opts out as contact ${contact}${byMail ? ' by mail' : ''}`);
    this.#acts.optOut(contact, { history: byMail || this.#lifted.has(contact) });
  }

  /** No history row tells of such a mark: one that is taken off and set again between two looks is not noticed. */
  mark(contact: number, flag: 'do_not_email' | 'is_deceased'): void {
    const { contacts } = this.#world;
    if (!contacts.isLive(contact) || contacts.get(contact)?.[flag] || this.#lifted.has(contact)) return;
    this.#optsOut(contact, 'civicrm-admin', `marks contact ${contact} ${flag}`);
    this.#acts.setFlag(contact, flag, true);
  }

  /** A word for every audience, where the settings take it for one. */
  #optsOut(contact: number, who: Act['who'], text: string): void {
    for (const audience of this.#world.audiences)
      if (this.#world.options.optOut === 'respect') audience.actOnContact(contact, { yes: false, who, text, isOptOut: true });
      else audience.tell(`** ${who}: ${text}, which is no word`);
  }

  /** As if it had not been said. */
  takeBackOptOut(contact: number): void {
    const { contacts } = this.#world;
    if (!contacts.isLive(contact) || !contacts.isMarked(contact)) return;
    this.#forgetOptOuts(contact);
    this.#acts.takeBackOptOut(contact);
    for (const flag of ['do_not_email', 'is_deceased'] as const) if (contacts.get(contact)?.[flag]) this.#acts.setFlag(contact, flag, false);
    this.#lifted.add(contact);
    this.#world.tell(`** civicrm-admin: takes back the opt-out of contact ${contact}`);
  }

  /** What was said by an opt-out of a contact, or of one that was merged into it, counts as if it had not been said. */
  #forgetOptOuts(contact: number): void {
    const { contacts, audiences } = this.#world;
    for (const { truth } of audiences) truth.said = truth.said.filter((said) => !(said.isOptOut && contacts.survivorOf(said.contact ?? 0) === contact));
  }

  merge(main: number, duplicate: number): void {
    const { contacts, audiences } = this.#world;
    if (main === duplicate || !contacts.isLive(main) || !contacts.isLive(duplicate)) return;
    for (const contact of [main, duplicate]) this.#commitOf(contact);
    const was = audiences.map(({ binding: { group }, truth }) => ({
      truth,
      group,
      rows: contacts.historyOf(duplicate, group).length + contacts.historyOf(main, group).length,
      said: truth.said.filter((said) => !said.isOptOut && said.contact !== null && contacts.survivorOf(said.contact) === duplicate),
    }));
    if (contacts.get(duplicate)?.is_opt_out === false) this.#forgetOptOuts(duplicate); // CiviCRM carries no other mark over
    this.#acts.merge(main, duplicate);
    this.#world.tell(`** civicrm-admin: merges contact ${duplicate} into ${main}`);
    // CiviCRM drops the history of a duplicate whose membership gives way: nobody can know what it said.
    for (const { truth, group, rows, said: become } of was) {
      if (contacts.historyOf(main, group).length >= rows) continue;
      truth.said = truth.said.filter((said) => !become.includes(said));
      truth.historyDropped.add(main);
    }
  }

  /** A change whose history row is seen by others only when its long transaction ends; it has its id and date at once. */
  begin(contact: number, audience: Audience): void {
    const { contacts, clock } = this.#world;
    const { group } = audience.binding;
    if (!contacts.isLive(contact) || [...this.#open.values()].some((open) => open.contact === contact)) return;
    const yes = !contacts.isAdded(contact, group);
    this.#open.set(this.#acts.begin(contact, group, yes ? 'Added' : 'Removed'), { contact, began: clock.now() });
    audience.actOnContact(contact, { yes, who: 'civicrm-admin', text: `${yes ? 'adds' : 'removes'} contact ${contact}, seen later` });
  }

  /** Ends the long transactions that began before. */
  commitBefore(time: number): void {
    for (const [id, { began }] of this.#open) {
      if (began >= time) continue;
      this.#acts.commit(id);
      this.#open.delete(id);
      this.#world.tell(`** (the history row ${id} is seen)`);
    }
  }

  /** A transaction that is rolled back: the history id that it took never comes. */
  rollBack(): void {
    this.#acts.rollback(this.#acts.begin(BYSTANDER, BINDINGS[0]!.interest!.group, 'Added'));
  }

  get #acts(): World['civicrm']['acts'] {
    return this.#world.civicrm.acts;
  }

  /** Whatever writes a contact waits for the lock of a transaction on it. */
  #commitOf(contact: number): void {
    for (const [id, open] of this.#open) {
      if (open.contact !== contact) continue;
      this.#acts.commit(id);
      this.#open.delete(id);
    }
  }

  /** The audience that is bound to a group by its subscription. */
  #audienceOf(group: number): Audience | undefined {
    return this.#world.audiences.find(({ binding }) => binding.group === group);
  }

  /** Without `share` an address does not go from one live contact to another. */
  #isFree(address: string, contact: number | null): boolean {
    const { contacts, options } = this.#world;
    if (options.share) return true;
    return [...(this.#watch.had.get(address) ?? []), ...contacts.ownersOf(address)].every((owner) => owner === contact || !contacts.isLive(owner));
  }
}

/** The site's own administrator, whom nothing concerns. */
const BYSTANDER = 2;
