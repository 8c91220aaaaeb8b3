import type { Row } from '../../src/store/entities.ts';
import type { MemberRecord } from '../../src/simulator/mailchimp/records.ts';
import type { Audience } from './audience.ts';
import type { Play } from './play.ts';
import { latest, type Line, type Said } from './truth.ts';

/** What is to be seen of an audience when all has come to rest, and how it hangs together with what truly happened. */
export class Sight {
  readonly play: Play;
  readonly audience: Audience;
  readonly rows: readonly Row[];
  /** Contacts that are not in the trash, by id. */
  readonly live: readonly number[];
  readonly #lines = new Map<number, readonly Line[]>();

  constructor(play: Play, audience: Audience) {
    this.play = play;
    this.audience = audience;
    this.rows = play.store.rows(audience.binding.list);
    this.live = play.world.contacts.all().flatMap(({ id, is_deleted: isDeleted }) => (isDeleted ? [] : [id]));
  }

  get said(): readonly Said[] {
    return this.audience.truth.said;
  }

  line(address: string): Line {
    return this.audience.truth.line(address);
  }

  addressesOf(contact: number): readonly string[] {
    return this.play.world.contacts.addressesOf(contact);
  }

  survivorOf(contact: number): number {
    return this.play.world.contacts.survivorOf(contact);
  }

  isOptedOut(contact: number): boolean {
    return this.play.world.isOptedOut(contact);
  }

  isAdded(contact: number): boolean {
    return this.play.world.contacts.isAdded(contact, this.audience.binding.group);
  }

  /** Added, and may be mailed. */
  isIn(contact: number): boolean {
    return this.isAdded(contact) && !this.isOptedOut(contact);
  }

  /** Memberships of a contact: of its addresses, and of the rows that the sync has for it. */
  linesOf(contact: number): readonly Line[] {
    const known = this.#lines.get(contact);
    if (known) return known;
    const ofRows = this.rows.flatMap((row) => (row.contactId === contact && row.email !== null ? [row.email] : []));
    const lines = [...new Set([...this.addressesOf(contact), ...ofRows].map((address) => this.line(address)))];
    this.#lines.set(contact, lines);
    return lines;
  }

  usersOf(line: Line): readonly number[] {
    return this.live.filter((contact) => this.linesOf(contact).includes(line));
  }

  rowsOf(contact: number): readonly Row[] {
    const addresses = this.addressesOf(contact);
    return this.rows.filter((row) => row.contactId === contact || (row.email !== null && addresses.includes(row.email)));
  }

  membersOf(rows: readonly Row[]): readonly MemberRecord[] {
    return rows.flatMap((row) => this.audience.members.filter(({ contactId }) => contactId === row.memberContactId));
  }

  isSignedUp(member: MemberRecord): boolean {
    return member.status === 'pending' && this.audience.signedUp.has(member.contactId);
  }

  /** Whether the sync knew a contact at a membership's address once. */
  wasUser(contact: number, line: Line): boolean {
    return this.rows.some((row) => row.email !== null && this.line(row.email) === line && this.play.store.wasUser(row, contact));
  }

  /** All that was said of a membership, by whoever uses it or used it. */
  saidOfLine(line: Line): readonly Said[] {
    return this.said.filter((said) => {
      if (said.contact === null) return said.line === line;
      const contact = this.survivorOf(said.contact);
      return (this.live.includes(contact) && this.linesOf(contact).includes(line)) || (said.lines.includes(line) && this.wasUser(contact, line));
    });
  }

  /** All that was said of a contact, or of its memberships. */
  saidOfContact(contact: number): readonly Said[] {
    return this.said.filter((said) => (said.contact === null ? said.line !== null && this.linesOf(contact).includes(said.line) : this.survivorOf(said.contact) === contact));
  }

  /** The last word on a membership for one contact: of the contact itself, of the membership, or a yes taken along from an address that the contact had. */
  voice(line: Line, contact: number): Said | undefined {
    return latest([this.#saidFor(line, contact).at(-1), this.#takenAlong(contact)]);
  }

  saidFor(line: Line, contact: number): Said | undefined {
    return this.#saidFor(line, contact).at(-1);
  }

  /** Memberships of the addresses that a contact ever had. */
  linesEverHad(contact: number): readonly Line[] {
    return this.addressesEverHad(contact).map((address) => this.line(address));
  }

  addressesEverHad(contact: number): readonly string[] {
    return [...this.play.watch.had].filter(([, owners]) => [...owners].some((owner) => this.survivorOf(owner) === contact)).map(([address]) => address);
  }

  #saidFor(line: Line, contact: number): readonly Said[] {
    return this.said.filter((said) => said.line === line || (said.contact !== null && this.survivorOf(said.contact) === contact));
  }

  #takenAlong(contact: number): Said | undefined {
    const given = this.audience.truth.gave.filter((each) => this.survivorOf(each.contact) === contact);
    const last = given.map((each) => this.#saidFor(each.line, contact).filter((said) => said.contact !== null || said.seq <= each.seq).at(-1));
    return last.find((said) => said?.yes);
  }
}
