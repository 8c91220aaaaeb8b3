import type { Account } from './account.ts';
import type { Audience } from './audience.ts';
import { blankMember, isJoined, readdress, switchInterest } from './membership.ts';
import type { MemberRecord, MergeValue } from './records.ts';
import { changedAddressForm, memberForm, unsubscribeForm } from './webhook-forms.ts';
import type { WebhookQueue } from './webhook-queue.ts';

/** What somebody writes into a form beside the address. */
export interface FormEntry {
  readonly mergeFields?: Readonly<Record<string, MergeValue>>;
  /** Ids of interests that are ticked. */
  readonly interests?: readonly string[];
}

const personsAddress = '192.0.2.10';

/** What people do by themselves, in forms and by links in mails. Each act returns false when there was nothing to do. */
export class People {
  readonly #account: Account;
  readonly #webhooks: WebhookQueue;

  constructor(account: Account, webhooks: WebhookQueue) {
    this.#account = account;
    this.#webhooks = webhooks;
  }

  /** By a form without confirmation. Ends a compliance state and takes an address out of the forgotten. */
  subscribe(listId: string, address: string, entry: FormEntry = {}): boolean {
    const audience = this.#account.requireAudience(listId);
    if (audience.byAddress(address)?.status === 'subscribed') return false;
    const member = this.#fillIn(audience, address, entry);
    this.#optIn(audience, member);
    return true;
  }

  /** By a form with double opt-in: `pending`, and no webhook, until it is confirmed. */
  signUp(listId: string, address: string, entry: FormEntry = {}): boolean {
    const audience = this.#account.requireAudience(listId);
    const known = audience.byAddress(address);
    if (known !== undefined && isJoined(known.status)) return false;
    const member = this.#fillIn(audience, address, entry);
    member.status = 'pending';
    audience.touch(member);
    return true;
  }

  /** Follows the link of a confirmation mail, whether a form or the API asked for it. */
  confirm(listId: string, address: string): boolean {
    const audience = this.#account.requireAudience(listId);
    const member = audience.byAddress(address);
    if (member?.status !== 'pending') return false;
    this.#optIn(audience, member);
    return true;
  }

  /** By the link in a mail: from now on neither API nor administrators may subscribe the address. */
  unsubscribe(listId: string, address: string): boolean {
    return this.#leave(listId, address, 'manual', 'N/A (Unsubscribed by user)');
  }

  /** Reports a mail as spam. */
  complain(listId: string, address: string): boolean {
    return this.#leave(listId, address, 'abuse', 'SPAM complaint');
  }

  /** Names and other merge fields, by the profile page. */
  editProfile(listId: string, address: string, mergeFields: Readonly<Record<string, MergeValue>>): boolean {
    const audience = this.#account.requireAudience(listId);
    const member = audience.byAddress(address);
    if (member === undefined) return false;
    const changed = Object.entries(mergeFields).filter(([tag, value]) => (member.mergeFields[tag] ?? '') !== value);
    if (changed.length === 0) return false;
    member.mergeFields = { ...member.mergeFields, ...Object.fromEntries(changed) };
    this.#saveProfile(audience, member);
    return true;
  }

  setInterest(listId: string, address: string, interestId: string, on: boolean): boolean {
    const audience = this.#account.requireAudience(listId);
    const member = audience.byAddress(address);
    if (member === undefined || !isJoined(member.status) || !switchInterest(member, interestId, on)) return false;
    this.#saveProfile(audience, member);
    return true;
  }

  /** By the profile page: `upemail` and `profile` are fired together, in either order (third party). */
  changeAddress(listId: string, address: string, to: string): boolean {
    const audience = this.#account.requireAudience(listId);
    const member = audience.byAddress(address);
    const taken = audience.byAddress(to);
    if (member === undefined || !isJoined(member.status)) return false;
    if (member.email === to || (taken !== undefined && taken !== member)) return false;
    const from = member.email;
    readdress(audience, member, to);
    audience.touch(member);
    const fire = [
      () => this.#webhooks.fire(audience, 'user', 'upemail', changedAddressForm(audience, member, from)),
      () => this.#webhooks.fire(audience, 'user', 'profile', memberForm(audience, member)),
    ];
    for (const one of this.#account.shuffled(fire)) one();
    return true;
  }

  #fillIn(audience: Audience, address: string, entry: FormEntry): MemberRecord {
    let member = audience.byAddress(address);
    if (member === undefined) {
      member = blankMember(this.#account, address);
      member.source = 'Hosted Signup Form';
      audience.add(member);
    }
    member.timestampSignup = this.#account.now();
    member.ipSignup = personsAddress;
    member.mergeFields = { ...member.mergeFields, ...entry.mergeFields };
    for (const interest of entry.interests ?? []) switchInterest(member, interest, true);
    delete audience.list.forgotten[address.toLowerCase()];
    return member;
  }

  #optIn(audience: Audience, member: MemberRecord): void {
    member.status = 'subscribed';
    member.ownUnsubscribe = false;
    member.complaint = false;
    member.unsubscribeReason = '';
    member.timestampOpt = this.#account.now();
    member.ipOpt = personsAddress;
    audience.touch(member);
    this.#webhooks.fire(audience, 'user', 'subscribe', memberForm(audience, member));
  }

  #leave(listId: string, address: string, hookReason: 'manual' | 'abuse', reason: string): boolean {
    const audience = this.#account.requireAudience(listId);
    const member = audience.byAddress(address);
    if (member === undefined || !isJoined(member.status)) return false;
    member.status = 'unsubscribed';
    member.ownUnsubscribe = true;
    member.complaint = hookReason === 'abuse';
    member.unsubscribeReason = reason;
    audience.touch(member);
    this.#webhooks.fire(audience, 'user', 'unsubscribe', unsubscribeForm(audience, member, 'unsub', hookReason));
    return true;
  }

  #saveProfile(audience: Audience, member: MemberRecord): void {
    audience.touch(member);
    this.#webhooks.fire(audience, 'user', 'profile', memberForm(audience, member));
  }
}
