import type { MemberRecord } from '../../src/simulator/mailchimp/records.ts';
import type { Audience } from './audience.ts';
import { lossOf, lossOfMembers } from './judge-losses.ts';
import type { Play } from './play.ts';
import { Sight } from './sight.ts';
import type { Said } from './truth.ts';

/** What breaks a promise. Anything else that the judge finds is counted: it is the price of a rule, or a known gap. */
export const FAILURES = ['consent', 'agree', 'twice', 'two in', 'updates', 'quiet', 'error', 'lost: unexplained'] as const;

export interface Finding {
  readonly kind: string;
  readonly why: string;
}

export const isFailure = ({ kind }: Finding): boolean => (FAILURES as readonly string[]).includes(kind);

const isJoined = ({ status }: MemberRecord): boolean => status === 'subscribed' || status === 'pending';

/** Judges what came out of a history by what people and administrators truly did, in its true order, and by nothing that the sync recorded of it. */
export function judge(play: Play): readonly Finding[] {
  const found = play.world.audiences.flatMap((audience) => new Judgement(play, audience).all());
  for (const address of play.watch.madeTwice) found.push({ kind: 'twice', why: `a second contact was made for ${address}` });
  for (const error of new Set(play.errors)) found.push({ kind: 'error', why: error });
  if (play.more > 0) found.push({ kind: 'quiet', why: `${play.more} more writes and updates` });
  return found;
}

class Judgement {
  readonly #play: Play;
  readonly #audience: Audience;
  readonly #sight: Sight;
  readonly #found: Finding[] = [];

  constructor(play: Play, audience: Audience) {
    this.#play = play;
    this.#audience = audience;
    this.#sight = new Sight(play, audience);
  }

  all(): readonly Finding[] {
    const { members, binding } = this.#audience;
    for (const member of members) if (isJoined(member) && !this.#sight.isSignedUp(member)) this.#member(member);
    for (const contact of this.#sight.live) this.#contact(contact);
    this.#found.push(...lossOfMembers(this.#sight));
    for (const update of this.#play.store.openUpdates(binding.list).slice(0, 1)) this.#find('updates', `update ${update.id} is still ${update.state}`);
    for (const entry of this.#play.store.inbox(binding.list).slice(0, 1)) this.#find('updates', `the webhook ${entry.key} is not handled`);
    return this.#found;
  }

  #find(kind: string, why: string): void {
    this.#found.push({ kind, why });
  }

  /** Consent: a subscribed address is rightly so while one who is Added is so rightly, or, where nobody is, by its own last word. */
  #member(member: MemberRecord): void {
    const sight = this.#sight;
    const line = sight.line(member.email);
    const users = sight.usersOf(line);
    const ins = users.filter((contact) => sight.isIn(contact));
    const said = ins.map((contact) => sight.voice(line, contact)).find((each) => each?.yes);
    const last = ins[0] === undefined ? (sight.saidOfLine(line).at(-1) ?? sight.said.findLast((each) => each.lines.includes(line))) : (said ?? sight.saidFor(line, ins[0]));
    if (!last?.yes) this.#wrong(last, `${member.email} is ${member.status} at Mailchimp`, [member.email], member.status === 'pending');
    if (users.length === 0 || ins.length > 0) return;
    const isReported = sight.rows.some((row) => row.memberContactId === member.contactId && row.failReason === 'opted_out');
    if (isReported) this.#find('opted out, subscribed at Mailchimp later', member.email);
    else this.#find('agree', `${member.email} is ${member.status}, nobody who uses it is Added`);
  }

  #contact(contact: number): void {
    const sight = this.#sight;
    const rows = sight.rowsOf(contact);
    const subscribed = sight.membersOf(rows).filter(isJoined);
    const hasFailed = rows.some((row) => row.failReason !== null || row.memory.refused !== undefined);
    if (sight.isIn(contact)) {
      this.#added(contact, subscribed, hasFailed);
      if (subscribed.length === 0 && !hasFailed) this.#find('agree', `contact ${contact} is Added, at Mailchimp ${sight.membersOf(rows).map(({ email, status }) => `${email} ${status}`).join(', ') || 'nothing'}`);
      this.#data(contact, subscribed, hasFailed);
    }
    const loss = lossOf(sight, contact, rows, subscribed.length > 0);
    if (loss) this.#found.push(loss);
  }

  #added(contact: number, subscribed: readonly MemberRecord[], hasFailed: boolean): void {
    const sight = this.#sight;
    const all = sight.saidOfContact(contact);
    const isRight = sight.linesOf(contact).some((line) => sight.voice(line, contact)?.yes);
    if (!isRight) {
      const allPending = subscribed.every(({ status }) => status === 'pending');
      if (subscribed.length > 0 && subscribed.every((member) => sight.isSignedUp(member))) this.#find('Added, signed up anew, to be confirmed', `contact ${contact}`);
      else if (hasFailed) this.#find('refused, left Added', `contact ${contact}`);
      else this.#wrong(all.findLast((said) => !said.yes), `contact ${contact} is Added`, sight.addressesOf(contact), allPending, true);
    }
    const last = all.at(-1);
    if (last?.yes && last.line !== null) this.#broughtIn(contact, last);
  }

  /** Who was brought in by a yes at Mailchimp: not against the later removal of another who used the address, and not two of them. */
  #broughtIn(contact: number, yes: Said): void {
    const sight = this.#sight;
    const { contacts } = this.#play.world;
    const { truth, binding: { group } } = this.#audience;
    const line = yes.line!;
    const written = contacts.historyOf(contact, group).at(-1);
    if (!written?.tracking) return;
    const knownAt = this.#play.watch.knownAt.get(written.id) ?? 0;
    const no = sight.said.find((said) => {
      if (said.yes || said.contact === null || !said.lines.includes(line) || said.seq <= yes.seq || said.seq > knownAt) return false;
      const other = sight.survivorOf(said.contact);
      if (other === contact || truth.gave.some((given) => given.contact === said.contact && given.line === line && given.seq <= said.seq)) return false;
      return (contacts.isLive(other) && sight.linesOf(other).includes(line)) || sight.wasUser(other, line);
    });
    if (no) this.#wrong(no, `contact ${contact} is Added by the earlier "${yes.text}"`, sight.addressesOf(contact), false, true);
    if (sight.said.some((said) => said.seq > yes.seq) || contacts.historyOf(contact, group).length !== 1) return;
    const madeAnew = this.#play.options.onContactDeleted === 'recreate';
    const second = sight.usersOf(line).find((other) => {
      const history = contacts.historyOf(other, group);
      if (madeAnew && [contact, other].some((each) => truth.restored.has(each))) return false; // somebody else was made in its place
      return other !== contact && sight.isIn(other) && history.length === 1 && history[0]?.tracking && [contact, other].every((each) => sight.addressesEverHad(each).length === 1);
    });
    if (second !== undefined) this.#find('two in', `contacts ${contact} and ${second} by "${yes.text}"`);
  }

  /** Interest, name and address of the members that follow this contact. */
  #data(contact: number, subscribed: readonly MemberRecord[], hasFailed: boolean): void {
    const sight = this.#sight;
    const { contacts } = this.#play.world;
    const { interest } = this.#audience.binding;
    for (const member of subscribed.filter((each) => !sight.isSignedUp(each))) {
      const line = sight.line(member.email);
      if (sight.usersOf(line).filter((user) => sight.isIn(user))[0] !== contact) continue;
      const isOn = interest !== null && member.interests.includes(interest.id);
      if (interest && isOn !== contacts.isAdded(contact, interest.group)) this.#find('agree', `the interest of ${member.email} is ${isOn ? 'on' : 'off'}, contact ${contact} differs`);
      const name = member.mergeFields['FNAME'] ?? '';
      const own = contacts.get(contact)?.first_name ?? '';
      if (this.#play.options.withData && name !== own) this.#find('agree', `the name of ${member.email} is ${JSON.stringify(name)}, of contact ${contact} "${own}"`);
      if (sight.addressesOf(contact).includes(member.email) || hasFailed) continue;
      const isIgnored = this.#play.options.onAddressChange === 'ignore';
      this.#find(isIgnored ? 'address change ignored' : this.#isTaken(contact, subscribed) ? 'address taken: old one left subscribed' : 'agree', `contact ${contact} lacks ${member.email}`);
    }
  }

  #isTaken(contact: number, subscribed: readonly MemberRecord[]): boolean {
    const sight = this.#sight;
    const addresses = sight.addressesOf(contact);
    const another = subscribed.some(({ email }) => addresses.includes(email) && sight.voice(sight.line(email), contact)?.yes);
    return !another && addresses.some((address) => this.#audience.memberAt(address) || sight.rows.some((row) => row.email === address));
  }

  /** Somebody is subscribed, or Added, against the last word; or by what the sync cannot know. */
  #wrong(last: Said | undefined, what: string, addresses: readonly string[], isPending: boolean, isAdded = false): void {
    const { contacts } = this.#play.world;
    const { truth } = this.#audience;
    const why = `${what}, but: ${last ? last.text : 'nobody asked'}`;
    const hasMoved = addresses.some((address) => truth.moved.has(address));
    const isMade = this.#play.watch.created.some((contact) => addresses.includes(this.#sight.addressesOf(contact)[0] ?? ''));
    if ((!last || isMade) && hasMoved) return this.#find('moved before we saw it', why);
    const anyMerged = contacts.all().some(({ id }) => contacts.wasMerged(id));
    if ((!last || anyMerged) && truth.deleted.size > 0) return this.#find('contact trashed, made anew', why);
    const wentForGood = last !== undefined && last.contact !== null && contacts.get(last.contact) === undefined;
    if (wentForGood && this.#play.options.onContactDeleted === 'recreate') return this.#find('removal deleted with its contact, made anew', why);
    if (isAdded && this.#found.some(({ kind }) => kind.startsWith('gap'))) return; // follows from it
    if (addresses.some((address) => truth.reused.has(address)) || (truth.reused.size > 0 && hasMoved)) return this.#find('address reused by another member', why);
    this.#find(this.#gap(last, isPending) ?? 'consent', why);
  }

  /** The gap that Mailchimp's API leaves (algorithm.md): an administrator's unsubscribe there while an update was on its way, its webhook lost; a person's own where we ask to confirm. */
  #gap(last: Said | undefined, isPending: boolean): string | undefined {
    if (!last || this.#audience.truth.heard.has(last.seq)) return undefined;
    if (!last.duringJob && !(last.line !== null && last.underWay.includes(last.line))) return undefined;
    if (last.who === 'person' && isPending) return 'gap: asked to confirm';
    return last.who === 'mailchimp-admin' ? 'gap: administrator at Mailchimp' : undefined;
  }
}
