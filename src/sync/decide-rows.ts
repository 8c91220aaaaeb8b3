import type { EmailAddress } from '../base/ids.ts';
import type { FailReason, MailchimpAsk, Row, Word } from '../store/entities.ts';
import { claimsOn } from './claims.ts';
import { addressesOf, bestAddressOf, uses, usersOf, type Cluster, type ClusterContact } from './cluster.ts';
import { compareData } from './data/compare.ts';
import { askFor } from './data/datum.ts';
import { decideAddress } from './decide-address.ts';
import { decideInterests } from './decide-interests.ts';
import { subscribing, unsubscribing } from './decide-member.ts';
import { decideNames } from './decide-names.ts';
import { civicrmSaying, type Verdict } from './decide-subscription.ts';
import type { DecidedCivicrmUpdate, DecidedMailchimpUpdate, DecidedUpdate, DecisionRules } from './decision.ts';
import { memberIsPresent, memberIsSubscribed } from './member-status.ts';
import { furthest } from './words.ts';

interface RowDecision {
  readonly row: Row;
  readonly updates: readonly DecidedUpdate[];
}

/** Mailchimp's side of the table, row by row. */
export class RowDecisions {
  readonly #cluster: Cluster;
  readonly #verdicts: readonly Verdict[];
  readonly #rules: DecisionRules;
  /** Addresses that rows of this cluster have, or take in this decision. */
  readonly #taken: Map<EmailAddress, Row['id']>;

  constructor(cluster: Cluster, verdicts: readonly Verdict[], rules: DecisionRules) {
    this.#cluster = cluster;
    this.#verdicts = verdicts;
    this.#rules = rules;
    this.#taken = new Map(cluster.rows.flatMap((row) => (row.email === null ? [] : [[row.email, row.id]])));
  }

  all(): readonly RowDecision[] {
    return this.#cluster.rows.map((row) => this.#decide(row));
  }

  #decide(row: Row): RowDecision {
    const keepers = this.#verdicts.filter((verdict) => verdict.keeps.some((kept) => kept.id === row.id));
    const wanted = keepers.length > 0;
    const verdict = this.#verdictFor(row, keepers);
    if (!verdict || this.#leavesPending(row, wanted, verdict.word)) return { row: inStep(row), updates: [] };
    const lead = this.#leadOf(row, keepers);
    const subscription = wanted ? subscribing(row, verdict.word, { lead, address: this.#addressFor(row, lead), rows: lead ? this.#cluster.rows.filter((each) => uses(lead, each)) : [] }, this.#rules) : unsubscribing(row, this.#rules);
    if (subscription.outcome === 'fail') return { row: failed(row, subscription.reason), updates: [] };

    const data = wanted && lead && (memberIsSubscribed(row) || subscription.ask) ? this.#decideData(row, lead, verdict) : nothing(row);
    const ask: MailchimpAsk = { ...subscription.ask, ...data.ask };
    const optedOut = wanted && usersOf(this.#cluster, row).some((contact) => contact.memory.optOut && this.#saysYes(contact));
    const fail: FailReason | null = optedOut ? 'opted_out' : (data.fail ?? (this.#isUnwritten(row) ? 'smart_group' : null));
    const asks = inSingleUpdates(ask, row);
    if (asks.length === 0) return { row: fail ? failed(data.row, fail) : inStep(data.row), updates: data.updates };
    return this.#withUpdates(data.row, asks, { origin: { status: verdict.word, ...data.origin }, lead, verdict, wanted, fail, updates: data.updates });
  }

  /** The verdict that a row's state is to follow: of those who keep it, else of those who use it and ended "no", else the row's own word [unkept]. */
  #verdictFor(row: Row, keepers: readonly Verdict[]): Pick<Verdict, 'word' | 'unclear' | 'reason'> | undefined {
    const users = usersOf(this.#cluster, row);
    const ofUsers = this.#verdicts.filter((verdict) => verdict.contact === null || users.includes(verdict.contact));
    const from = keepers.length > 0 ? keepers : this.#cluster.contacts.length > 0 ? ofUsers.filter((verdict) => !verdict.word.value) : this.#verdicts;
    const word = furthest(from.map((verdict) => verdict.word)) ?? row.memory.kept ?? furthest(ofUsers.map((verdict) => verdict.word)) ?? row.memory.status;
    if (!word) return undefined;
    const said = from.find((verdict) => verdict.word === word);
    return { word, unclear: said?.unclear ?? false, reason: said?.reason ?? 'nobody keeps this address subscribed' };
  }

  /** A pending that a person began is unsubscribed only by a word of CiviCRM surely later than the first look that showed it [foreign]. */
  #leavesPending(row: Row, wanted: boolean, word: Word): boolean {
    const { foreign } = row.memory;
    if (wanted || !foreign || !memberIsSubscribed(row)) return false;
    return word.value || word.source !== 'civicrm' || !this.#rules.order.surelyLater(word, { ...foreign, source: 'mailchimp' });
  }

  /** Whether the winner of a user of the row would change its status in a smart group, which is never written. */
  #isUnwritten(row: Row): boolean {
    const users = usersOf(this.#cluster, row);
    return this.#verdicts.some(
      ({ contact, word }) => contact !== null && users.includes(contact) && contact.subscription.searched && civicrmSaying(contact, this.#rules.order).subscribed !== word.value && !contact.memory.optOut,
    );
  }

  #saysYes(contact: ClusterContact): boolean {
    return this.#verdicts.some((verdict) => verdict.contact === contact && verdict.word.value);
  }

  /** Names, interests and data of a member are those of the lowest id among the Added who use it; opted out ones last. */
  #leadOf(row: Row, keepers: readonly Verdict[]): ClusterContact | null {
    if (keepers.length === 0) return null;
    const yes = usersOf(this.#cluster, row).filter((contact) => this.#saysYes(contact));
    return yes.find((contact) => !contact.memory.optOut) ?? yes[0] ?? null;
  }

  #decideData(row: Row, lead: ClusterContact, verdict: Pick<Verdict, 'reason' | 'unclear'>): DataDecision {
    const led = this.#cluster.rows.filter((each) => each.member !== null && this.#leadOf(each, this.#verdicts.filter((of) => of.keeps.some((kept) => kept.id === each.id))) === lead);
    const interests = decideInterests(row, lead, led, this.#rules);
    const names = decideNames(row, lead, this.#rules);
    const address = decideAddress(row, this.#cluster, this.#rules);
    const data = compareData(row, lead, this.#rules.settings.data);
    const base = { contactId: lead.id, rowId: row.id, unclear: verdict.unclear };
    const { dataRefused: _refused, ...memory } = row.memory;
    const isRefused = Object.keys(data.refused).length > 0;
    return {
      row: { ...row, ...address.row, hookData: data.hookData, memory: { ...memory, ...(isRefused && { dataRefused: data.refused }), ...names.memory } },
      ask: { ...interests.ask, ...names.ask, ...address.ask, ...(this.#rules.withData || !memberIsPresent(row.member) ? askFor(data.differing) : {}) },
      origin: interests.origin,
      updates: [
        ...interests.groups.map((group): DecidedCivicrmUpdate => ({ ...base, side: 'civicrm', kind: 'data', ...group })),
        ...[names.civicrm, address.civicrm].flatMap((ask): DecidedCivicrmUpdate[] =>
          ask ? [{ ...base, side: 'civicrm', kind: 'data', origin: {}, reason: ask.reason, ask: ask.ask, contactId: ask.contactId }] : [],
        ),
      ],
      fail: address.fail ?? (isRefused ? 'data_refused' : interests.unwritten ? 'smart_group' : null),
    };
  }

  #withUpdates(
    row: Row,
    asks: readonly MailchimpAsk[],
    by: { origin: Readonly<Record<string, Word>>; lead: ClusterContact | null; verdict: Pick<Verdict, 'reason' | 'unclear'>; wanted: boolean; fail: FailReason | null; updates: readonly DecidedUpdate[] },
  ): RowDecision {
    const addressed = this.#addressed(row, by.lead);
    if (!addressed) return { row: { ...row, syncStatus: 'todo' }, updates: by.updates };
    const email = addressed.email!;
    const updates = asks.map((ask): DecidedMailchimpUpdate => ({
      side: 'mailchimp',
      kind: ask.status === undefined ? (ask.email ? 'rename' : 'data') : by.wanted ? 'subscribe' : 'unsubscribe',
      contactId: by.lead?.id ?? row.contactId,
      rowId: row.id,
      ask,
      origin: by.origin,
      key: memberIsPresent(row.member) && row.memberContactId ? row.memberContactId : email,
      email,
      isNew: row.member === null,
      reason: by.verdict.reason,
      unclear: by.verdict.unclear,
    }));
    const status = asks.some((ask) => ask.status === 'pending') && row.memory.askPending ? 'redo' : 'live';
    return { row: { ...addressed, syncStatus: status, failReason: by.fail }, updates: [...by.updates, ...updates] };
  }

  /** false: another row has the address. */
  #take(address: EmailAddress, row: Row): boolean {
    const has = this.#taken.get(address);
    if (has !== undefined && has !== row.id) return false;
    this.#taken.set(address, row.id);
    return true;
  }

  /** A contact-only row takes its address when its first update is made [claimaddr]. */
  #addressed(row: Row, lead: ClusterContact | null): Row | undefined {
    const address = this.#addressFor(row, lead);
    if (address === row.email) return row;
    if (address && this.#take(address, row)) return { ...row, email: address, agreedEmail: address };
    return row.member === null ? undefined : row;
  }

  /**
   * Where a row is or would be subscribed: at its own address; where Mailchimp has no member of it, at its contact's best
   * one, unless its own is the contact's still, or an update to it may yet take effect. undefined: the contact has none.
   */
  #addressFor(row: Row, lead: ClusterContact | null): EmailAddress | undefined {
    if (memberIsPresent(row.member)) return row.email ?? undefined;
    if (row.email === null) return lead ? bestAddressOf(lead) : undefined;
    const owner = this.#cluster.contacts.find((contact) => contact.id === row.contactId);
    const mayTakeEffect = row.member === null && claimsOn(row, row.email, this.#cluster.updates).length > 0;
    if (!owner || addressesOf(owner).includes(row.email) || mayTakeEffect) return row.email;
    return lead ? bestAddressOf(lead) : undefined;
  }
}

interface DataDecision {
  readonly row: Row;
  readonly ask: MailchimpAsk;
  readonly origin: Readonly<Record<string, Word>>;
  readonly updates: readonly DecidedUpdate[];
  readonly fail: FailReason | null;
}

/**
 * What one row is asked for, an update each. Tags of a member that is there have an endpoint of their own; they wait while
 * the member is to be subscribed first: somebody whose subscription is refused gets no data.
 */
function inSingleUpdates({ tags, ...ask }: MailchimpAsk, row: Row): readonly MailchimpAsk[] {
  if (Object.keys(ask).length === 0) return tags ? [{ tags }] : [];
  if (!tags || !memberIsPresent(row.member)) return [{ ...ask, ...(tags && { tags }) }];
  return ask.status === undefined ? [ask, { tags }] : [ask];
}

const nothing = (row: Row): DataDecision => ({ row, ask: {}, origin: {}, updates: [], fail: null });

/** Nothing is left to do. A row whose member is gone at Mailchimp says so, although nothing has failed. */
export const inStep = (row: Row): Row => ({ ...row, syncStatus: 'ok', failReason: isGone(row) ? 'gone_at_mailchimp' : null });
const isGone = (row: Row): boolean => row.member !== null && row.member.status === null;
const failed = (row: Row, failReason: FailReason): Row => ({ ...row, syncStatus: 'fail', failReason });
