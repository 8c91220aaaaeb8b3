import { world as ids } from '../../src/simulator/world.ts';
import type { ListRecord, MemberRecord } from '../../src/simulator/mailchimp/records.ts';
import { Truth, type Act, type Line, type Sequence } from './truth.ts';
import type { World } from './world.ts';

/** What an audience is bound to. */
export interface Binding {
  readonly list: string;
  readonly group: number;
  /** Only the first audience has an interest. */
  readonly interest: { readonly id: string; readonly group: number } | null;
}

/** The audiences that a history may have, in order. */
export const BINDINGS: readonly Binding[] = [
  { list: ids.mailchimp.listId, group: ids.civicrm.subscriptionGroup.id, interest: { id: ids.mailchimp.interestId, group: ids.civicrm.interestGroup.id } },
  { list: 'b0d1e2c3b4', group: 21, interest: null },
];

/** One audience: its members, and what people and administrators truly did with it. */
export class Audience {
  readonly binding: Binding;
  readonly truth: Truth;
  /** `contact_id`s of members whose `pending` a form began. */
  readonly signedUp = new Set<string>();
  readonly #world: World;

  constructor(world: World, binding: Binding, sequence: Sequence) {
    this.#world = world;
    this.binding = binding;
    this.truth = new Truth(sequence);
  }

  get record(): ListRecord {
    const list = this.#world.mailchimp.state.lists.find(({ id }) => id === this.binding.list);
    if (list === undefined) throw new Error('the audience is gone');
    return list;
  }

  get members(): readonly MemberRecord[] {
    return this.record.members;
  }

  memberAt(address: string): MemberRecord | undefined {
    return this.members.find(({ email }) => email === address);
  }

  /** Notes an act on a membership. */
  actOnMember(address: string, act: Pick<Act, 'yes' | 'who' | 'text'>): void {
    this.#note({ ...act, line: this.truth.line(address) });
  }

  /** Notes an act on a contact: it concerns the memberships of all addresses that it has now, and of those that the sync knows it by. */
  actOnContact(contact: number, act: Pick<Act, 'yes' | 'who' | 'text' | 'isOptOut' | 'isDeletion'>): void {
    const known = this.#world.sync.membersOf(contact, this.binding.list).flatMap((id) => this.members.filter(({ contactId }) => contactId === id).map(({ email }) => email));
    const lines = [...new Set([...this.#world.contacts.addressesOf(contact), ...known])].map((address) => this.truth.line(address));
    this.#note({ ...act, contact, lines });
  }

  /** A line of the time line that says which audience it is about, where there are two. */
  tell(text: string): void {
    this.#world.tell(this.#world.audiences.length > 1 ? `${text} (${this.binding.list})` : text);
  }

  #note(act: Act): void {
    const underWay: Line[] = this.#world.sync.addressesUnderWay(this.binding.list).map((address) => this.truth.line(address));
    this.truth.note({ line: null, contact: null, lines: [], isOptOut: false, isDeletion: false, ...act, at: this.#world.clock.now(), duringJob: this.#world.sync.isAtWork(), underWay });
    this.tell(`** ${act.who}: ${act.text}`);
  }
}
