import type { Account } from './account.ts';
import type { Audience } from './audience.ts';
import { blankMember, isJoined, switchTag } from './membership.ts';
import type { MemberRecord, MemberStatus, WebhookEvent } from './records.ts';
import { cleanedForm, memberForm, unsubscribeForm, type Form } from './webhook-forms.ts';
import type { WebhookQueue } from './webhook-queue.ts';

/** Statuses that the archive takes (recorded: "Can not archive a contact that is bounced, pending or archived"). */
export function canBeArchived(status: MemberStatus): boolean {
  return status === 'subscribed' || status === 'unsubscribed' || status === 'transactional';
}

/** What administrators do to members in Mailchimp's pages. Each act returns false when there was nothing to do. */
export class Administrators {
  readonly #account: Account;
  readonly #webhooks: WebhookQueue;

  constructor(account: Account, webhooks: WebhookQueue) {
    this.#account = account;
    this.#webhooks = webhooks;
  }

  /**
   * Subscribes an address, new or known. Refused (false) after the person's own unsubscribe, for cleaned and for
   * forgotten addresses. A known member's `timestamp_opt` stays, as with an API write.
   */
  subscribe(listId: string, address: string): boolean {
    const audience = this.#account.requireAudience(listId);
    const known = audience.byAddress(address);
    if (known === undefined && audience.isForgotten(address)) return false;
    if (known !== undefined && (isJoined(known.status) || known.ownUnsubscribe || known.status === 'cleaned')) return false;
    const member = known ?? this.#added(audience, address);
    member.status = 'subscribed';
    member.unsubscribeReason = '';
    return this.#changed(audience, member, 'subscribe', memberForm(audience, member));
  }

  unsubscribe(listId: string, address: string): boolean {
    const audience = this.#account.requireAudience(listId);
    const member = audience.byAddress(address);
    if (member === undefined || !isJoined(member.status)) return false;
    member.status = 'unsubscribed';
    member.ownUnsubscribe = false;
    member.unsubscribeReason = 'N/A (Unsubscribed by admin)';
    return this.#changed(audience, member, 'unsubscribe', unsubscribeForm(audience, member, 'unsub', 'manual'));
  }

  archive(listId: string, address: string): boolean {
    const audience = this.#account.requireAudience(listId);
    const member = audience.byAddress(address);
    if (member === undefined || !canBeArchived(member.status)) return false;
    member.status = 'archived';
    return this.#changed(audience, member, 'unsubscribe', unsubscribeForm(audience, member, 'delete', 'manual'));
  }

  /** The member vanishes and the address is forgotten: only the person can bring it back. No webhook (assumed). */
  deletePermanently(listId: string, address: string): boolean {
    const audience = this.#account.requireAudience(listId);
    const member = audience.byAddress(address);
    if (member === undefined) return false;
    forget(this.#account, audience, member);
    return true;
  }

  /** Mailchimp itself takes an address out, after bounces. */
  clean(listId: string, address: string, reason: 'hard' | 'abuse' = 'hard'): boolean {
    const audience = this.#account.requireAudience(listId);
    const member = audience.byAddress(address);
    if (member === undefined || member.status === 'cleaned') return false;
    member.status = 'cleaned';
    return this.#changed(audience, member, 'cleaned', cleanedForm(audience, member, reason));
  }

  addTag(listId: string, address: string, tag: string): boolean {
    return this.#tag(listId, address, tag, true);
  }

  removeTag(listId: string, address: string, tag: string): boolean {
    return this.#tag(listId, address, tag, false);
  }

  /** From now on the API refuses a new subscription of the address: "signed up to a lot of lists very recently". */
  markTooManySignups(listId: string, address: string, marked = true): void {
    const { list } = this.#account.requireAudience(listId);
    const key = address.toLowerCase();
    list.tooManySignups = list.tooManySignups.filter((one) => one !== key);
    if (marked) list.tooManySignups.push(key);
  }

  #tag(listId: string, address: string, tag: string, on: boolean): boolean {
    const audience = this.#account.requireAudience(listId);
    const member = audience.byAddress(address);
    if (member === undefined || !switchTag(this.#account, audience, member, tag, on)) return false;
    audience.touch(member);
    return true;
  }

  #added(audience: Audience, address: string): MemberRecord {
    const member = blankMember(this.#account, address);
    member.source = 'Admin Add';
    member.timestampOpt = this.#account.now();
    audience.add(member);
    return member;
  }

  #changed(audience: Audience, member: MemberRecord, type: WebhookEvent, form: Form): true {
    audience.touch(member);
    this.#webhooks.fire(audience, 'admin', type, form);
    return true;
  }
}

/** Deletes a member for good and keeps its address as forgotten. */
export function forget(account: Account, audience: Audience, member: MemberRecord): void {
  audience.remove(member);
  if (member.email !== '') audience.list.forgotten[member.email.toLowerCase()] = account.now();
}
