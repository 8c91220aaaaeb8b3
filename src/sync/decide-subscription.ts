import type { ContactId } from '../base/ids.ts';
import type { Side } from '../settings/settings.ts';
import type { OptOutWord, Row, Word } from '../store/entities.ts';
import { addressesOf, bestAddressOf, isOnHold, uses, usersOf, wordFor, type Cluster, type ClusterContact } from './cluster.ts';
import type { DecisionRules } from './decision.ts';
import { memberIsPresent, memberIsSubscribed } from './member-status.ts';
import { furthest, point, type WordOrder } from './words.ts';

/** Whose word counts for one contact (null: for rows without any), and which rows keep it subscribed. */
export interface Verdict {
  readonly contact: ClusterContact | null;
  readonly word: Word;
  readonly unclear: boolean;
  /** Why, for people. */
  readonly reason: string;
  readonly keeps: readonly Row[];
  /** The contact is to be subscribed at its best address, which has no row yet. */
  readonly needsRow: boolean;
}

/** What CiviCRM says of a contact's subscription, opt-outs included. */
export interface CivicrmSaying {
  /** Added, and may be mailed. */
  readonly subscribed: boolean;
  readonly word: Word | undefined;
  readonly removal: Word | undefined;
}

/** An opt-out is a no for every group, whatever the group says; while it lasts the word is the later of it and the last removal [optout]. */
export function civicrmSaying(contact: ClusterContact, order: WordOrder): CivicrmSaying {
  const { optOut } = contact.memory;
  const { added, word, removal } = contact.subscription;
  if (!optOut) return { subscribed: added, word, removal };
  const no = order.removalToOutdo(optOutWord(optOut), removal);
  return { subscribed: false, word: no, removal: no };
}

const optOutWord = ({ merged: _merged, marks: _marks, ...word }: OptOutWord): Word => word;

/** The winner for each contact of a cluster (algorithm.md, "Whose word counts" and "Subscription, decided per cluster"). */
export function judgeSubscriptions(cluster: Cluster, rules: DecisionRules): readonly Verdict[] {
  const sayings = new Map(cluster.contacts.map((contact) => [contact.id, civicrmSaying(contact, rules.order)]));
  const voices = cluster.contacts.length > 0 ? cluster.contacts : [null];
  return voices.flatMap((contact) => new Judge(cluster, rules, sayings, contact).verdict() ?? []);
}

class Judge {
  readonly #cluster: Cluster;
  readonly #rules: DecisionRules;
  readonly #sayings: ReadonlyMap<ContactId, CivicrmSaying>;
  readonly #contact: ClusterContact | null;
  readonly #rows: readonly Row[];
  readonly #civicrm: CivicrmSaying | undefined;

  constructor(cluster: Cluster, rules: DecisionRules, sayings: ReadonlyMap<ContactId, CivicrmSaying>, contact: ClusterContact | null) {
    this.#cluster = cluster;
    this.#rules = rules;
    this.#sayings = sayings;
    this.#contact = contact;
    this.#rows = contact === null ? cluster.rows : cluster.rows.filter((row) => uses(contact, row));
    this.#civicrm = contact === null ? undefined : sayings.get(contact.id);
  }

  verdict(): Verdict | undefined {
    const yes = this.#yesRows();
    const mailchimp = this.#mailchimpWord(yes);
    const civicrm = this.#civicrm?.word ?? this.#keptRemoval();
    const won = winnerOf(mailchimp, civicrm, this.#rules.settings.trustOverride.subscription, this.#rules);
    if (!won) return undefined;
    const chosen = won.word.value ? this.#keptRows(yes, won.word) : { keeps: [], needsRow: false };
    return { contact: this.#contact, ...won, ...(mailchimp ? {} : this.#overruled(won.word)), ...chosen };
  }

  /** How it is told that a yes at Mailchimp does not count, because it is not surely later than a removal. */
  #overruled(word: Word): Partial<Pick<Verdict, 'unclear' | 'reason'>> {
    const yes = furthest(this.#rows.map((row) => this.#say(row)));
    if (!yes) return {};
    const unclear = this.#rules.order.unclear(yes, word);
    return { unclear, reason: `Mailchimp says ${wording(yes)}, CiviCRM ${wording(word)}: ${ruleOf(unclear, this.#rules)}` };
  }

  #say(row: Row): Word | undefined {
    return wordFor(this.#cluster, row, this.#contact);
  }

  /** Whether a row's yes is surely later than a removal; what else decides between the two, an override or `onTie`, decides here as well. */
  #outdoes(row: Row, removal: Word | undefined): boolean {
    const { order, settings } = this.#rules;
    const word = this.#say(row);
    if (!removal || settings.trustOverride.subscription === 'Mailchimp') return true;
    return word !== undefined && order.decide(word, removal, settings.onTie) === word;
  }

  /** The rows whose yes counts for this contact: later than CiviCRM's last removal [perrow], and, to bring it in, the contact chosen for it. */
  #yesRows(): readonly Row[] {
    const saying = this.#civicrm;
    const already = saying === undefined || saying.word?.value === true;
    const yes = this.#rows.filter(
      (row) => this.#say(row)?.value && this.#outdoes(row, saying?.removal) && (already || (this.#outdoes(row, row.memory.kept) && this.#isChosen(row))),
    );
    return yes.some((row) => this.#owns(row)) ? yes.filter((row) => this.#owns(row)) : yes;
  }

  /** A yes brings in nobody while another contact that uses the address is Added; else the one who left last, else the lowest id [chosen]. */
  #isChosen(row: Row): boolean {
    const contact = this.#contact;
    if (!contact) return true;
    const left = (of: ClusterContact): number => this.#sayings.get(of.id)?.word?.at ?? Number.NEGATIVE_INFINITY;
    return !usersOf(this.#cluster, row).some(
      (other) =>
        other.id !== contact.id &&
        (this.#sayings.get(other.id)?.word?.value === true || left(other) > left(contact) || (left(other) === left(contact) && other.id < contact.id)),
    );
  }

  /** An address taken from the contact gives way to one that it has [replace]. */
  #owns(row: Row): boolean {
    return this.#contact === null || row.email === null || row.email !== row.agreedEmail || addressesOf(this.#contact).includes(row.email);
  }

  /** Mailchimp's side of a contact is the union of its rows: yes if any says yes, with the latest time among those, else the latest of all. */
  #mailchimpWord(yes: readonly Row[]): Word | undefined {
    const already = this.#civicrm === undefined || this.#civicrm.word?.value === true;
    const heard = yes.length > 0 ? yes : this.#rows.filter((row) => already || !this.#say(row)?.value);
    return furthest(heard.map((row) => this.#say(row)));
  }

  #keptRemoval(): Word | undefined {
    let kept: Word | undefined;
    for (const row of this.#rows) kept = this.#rules.order.later(kept, row.memory.kept);
    return kept;
  }

  /** The rows that keep a contact subscribed: those that say yes, else one to subscribe again, never one whose own later no stands. */
  #keptRows(yes: readonly Row[], word: Word): Pick<Verdict, 'keeps' | 'needsRow'> {
    const may = (row: Row): boolean => {
      const own = this.#say(row);
      return !own || this.#rules.order.decide(own, word, this.#rules.settings.onTie)?.value === true;
    };
    if (!yes.some((row) => this.#owns(row))) {
      const others = this.#rows.filter((row) => this.#owns(row) && memberIsSubscribed(row) && may(row));
      if (others.length > 0) return { keeps: others, needsRow: false };
    }
    if (yes.length > 0) return { keeps: yes, needsRow: false };
    const best = this.#contact ? bestAddressOf(this.#contact) : undefined;
    const known = this.#rows.filter((row) => row.member !== null && may(row)).toSorted((one, other) => (this.#say(other)?.at ?? 0) - (this.#say(one)?.at ?? 0));
    const row =
      this.#rows.find((each) => memberIsSubscribed(each) && this.#say(each)?.value) ??
      this.#rows.find((each) => each.email !== null && each.email === best && may(each)) ??
      known[0] ??
      this.#rows.find(may);
    if (!row) return { keeps: [], needsRow: false };
    return best !== undefined && this.#isElsewhere(row) ? { keeps: [], needsRow: true } : { keeps: [row], needsRow: false };
  }

  /** Whether a contact is to be subscribed at another address than a row's: that is on hold, or one that it had, whose member left: nobody is asked there. */
  #isElsewhere(row: Row): boolean {
    const contact = this.#contact;
    if (!contact || row.email === null || memberIsSubscribed(row)) return false;
    if (addressesOf(contact).includes(row.email)) return isOnHold(contact, row.email);
    return memberIsPresent(row.member) && row.email === row.agreedEmail;
  }
}

/** Which of two words wins, by the rules in their order; undefined when neither side has said anything. */
export function winnerOf(mailchimp: Word | undefined, civicrm: Word | undefined, override: Side | null, rules: DecisionRules): Pick<Verdict, 'word' | 'unclear' | 'reason'> | undefined {
  const { order, settings, now } = rules;
  const trusted = override === 'Mailchimp' ? mailchimp : override === 'CiviCRM' ? civicrm : undefined;
  if (override && trusted) {
    // As said at the time of the decision: taken off again, the override must not be undone by the older word (FINDINGS 24).
    const word = override === 'Mailchimp' ? point(trusted.value, now.mailchimp, 'mailchimp') : { ...trusted, ...point(trusted.value, now.civicrm, 'civicrm') };
    return { word, unclear: false, reason: `trustOverride: ${override} says ${wording(trusted)}` };
  }
  const word = order.decide(mailchimp, civicrm, settings.onTie);
  if (!word) return undefined;
  if (!mailchimp) return { word, unclear: false, reason: `only CiviCRM has said anything: ${wording(word)}` };
  if (!civicrm) return { word, unclear: false, reason: `only Mailchimp has said anything: ${wording(word)}` };
  const unclear = order.unclear(mailchimp, civicrm);
  return { word, unclear, reason: `Mailchimp says ${wording(mailchimp)}, CiviCRM ${wording(civicrm)}: ${ruleOf(unclear, rules)}` };
}

const ruleOf = (unclear: boolean, { settings }: DecisionRules): string => (unclear ? `neither is surely later, onTie ${settings.onTie}` : 'the later counts');

const moment = (at: number): string => (at < 0 ? 'ever' : new Date(at).toISOString());
const wording = (word: Word): string =>
  `${word.value ? 'yes' : 'no'} at ${word.since === word.at ? moment(word.at) : `${moment(word.since)}..${moment(word.at)}`}`;
