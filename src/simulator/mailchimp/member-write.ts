import type { Account } from './account.ts';
import type { Audience } from './audience.ts';
import { notAccepted, type JsonObject } from './call.ts';
import { blankMember, isJoined, readdress, switchInterest, switchPermission, switchTag } from './membership.ts';
import { requireValues } from './merge-values.ts';
import { blank, complianceState, forgottenAddress, invalidFields, invalidResource, memberExists } from './problem.ts';
import type { MemberRecord, MemberStatus, MergeValue } from './records.ts';
import { readStatus, readWantedMember, writableStatuses, type WantedMember, type WritableStatus } from './wanted-member.ts';
import { changedAddressForm, cleanedForm, memberForm, unsubscribeForm } from './webhook-forms.ts';
import type { WebhookQueue } from './webhook-queue.ts';

/** Where the API's server stands, as it notes it for an opt-in by API. */
const callersAddress = '192.0.2.1';

export interface WriteOptions {
  readonly skipMergeValidation: boolean;
  readonly strict: boolean;
}

/** Writes of the API to members, with the refusals of `facts/mailchimp.md`. Nothing is changed when it throws. */
export class MemberWriter {
  readonly #account: Account;
  readonly #webhooks: WebhookQueue;

  constructor(account: Account, webhooks: WebhookQueue) {
    this.#account = account;
    this.#webhooks = webhooks;
  }

  /** Creates a member. `fallback`: the status when the body has none (`status_if_new`). */
  create(audience: Audience, body: JsonObject, fallback: unknown, options: WriteOptions): MemberRecord {
    const wanted = readWantedMember(audience, body, this.#account.state.language, options.strict);
    const status = wanted.status ?? readStatus('status_if_new', fallback);
    if (wanted.address === null) throw blank('email_address');
    if (status === null) throw notAccepted('status', writableStatuses);
    this.#checkNewAddress(audience, wanted.address, status);
    if (!options.skipMergeValidation) this.#require(audience, wanted.mergeFields ?? {});
    const member = blankMember(this.#account, wanted.address);
    member.source = 'API - Generic';
    member.timestampOpt = this.#account.now();
    member.ipOpt = callersAddress;
    this.#fill(audience, member, wanted);
    for (const tag of wanted.tags) switchTag(this.#account, audience, member, tag, true);
    audience.add(member);
    this.#setStatus(member, status);
    audience.touch(member);
    if (status === 'subscribed') this.#webhooks.fire(audience, 'api', 'subscribe', memberForm(audience, member));
    return member;
  }

  /** Changes a known member: PUT, PATCH, and POST to an archived address. Its tags stay (third party). */
  update(audience: Audience, member: MemberRecord, body: JsonObject, options: WriteOptions): void {
    const wanted = readWantedMember(audience, body, this.#account.state.language, options.strict);
    const { address, status } = wanted;
    const moves = address !== null && address.toLowerCase() !== member.email.toLowerCase();
    if (moves) this.#checkMove(audience, member, address);
    this.#checkCompliance(member, status);
    const mergeFields = { ...member.mergeFields, ...wanted.mergeFields };
    const joins = status === 'subscribed' || status === 'pending';
    if (!options.skipMergeValidation && (joins || wanted.mergeFields !== null)) this.#require(audience, mergeFields);

    const before = JSON.stringify(member);
    const { status: oldStatus, email: oldAddress } = member;
    if (address !== null && address !== member.email) readdress(audience, member, address);
    this.#fill(audience, member, wanted);
    if (status !== null) this.#setStatus(member, status);
    if (JSON.stringify(member) === before) return;
    audience.touch(member);
    this.#tell(audience, member, oldStatus, oldAddress);
  }

  #require(audience: Audience, values: Record<string, MergeValue>): void {
    requireValues(audience.list.mergeFields, values, this.#account.state.language);
  }

  #checkNewAddress(audience: Audience, address: string, status: WritableStatus): void {
    if (audience.byAddress(address) !== undefined) throw memberExists(address);
    if (audience.isForgotten(address)) throw forgottenAddress(address);
    if (isJoined(status) && audience.list.tooManySignups.includes(address.toLowerCase())) {
      throw invalidResource(`${address} has signed up to a lot of lists very recently; we're not allowing more signups for now`);
    }
  }

  /** Refusals of a change of address (third party, quoted from production). */
  #checkMove(audience: Audience, member: MemberRecord, address: string): void {
    const taken = audience.byAddress(address);
    const standing = taken?.status ?? (audience.isForgotten(address) ? 'deleted' : null);
    if (standing !== null) {
      const status = `${standing.charAt(0).toUpperCase()}${standing.slice(1)}`;
      const message = `"${address}" is already in this list with a status of "${status}".`;
      throw invalidFields([{ field: 'email address', message }]);
    }
    if (member.status !== 'subscribed') {
      const message = `This member's status is "${member.status}." You can only update email addresses for members with a status of "subscribed."`;
      throw invalidFields([{ field: 'email address', message }]);
    }
  }

  /**
   * After the person's own unsubscribe and for cleaned addresses `subscribed` is refused; `pending` is the way back.
   * Assumed: none for the cleaned and for those who complained; a pending one may be subscribed.
   */
  #checkCompliance(member: MemberRecord, status: WritableStatus | null): void {
    if (isJoined(member.status)) return;
    const bounced = member.status === 'cleaned';
    if (status === 'subscribed' && (member.ownUnsubscribe || bounced)) throw complianceState(member.email);
    if (status === 'pending' && (member.complaint || bounced)) throw complianceState(member.email);
  }

  #fill(audience: Audience, member: MemberRecord, wanted: WantedMember): void {
    Object.assign(member, wanted.plain);
    if (wanted.mergeFields !== null && Object.keys(wanted.mergeFields).length > 0) {
      const values: Record<string, MergeValue> = {};
      const given = { ...member.mergeFields, ...wanted.mergeFields };
      // In the audience's order, and without the empty: a write that changes nothing leaves the record as it is.
      for (const { tag } of audience.list.mergeFields) if ((given[tag] ?? '') !== '') values[tag] = given[tag] ?? '';
      if (!sameValues(values, member.mergeFields)) member.mergeFields = values;
    }
    for (const [id, on] of wanted.interests) switchInterest(member, id, on);
    for (const [id, on] of wanted.permissions) switchPermission(member, id, on);
  }

  /** `timestamp_opt` moves when an archived member joins again, not on another subscribe by API (recorded). */
  #setStatus(member: MemberRecord, status: WritableStatus): void {
    if (member.status === status) return;
    if (status === 'pending' && isJoined(member.status)) return;
    if (isJoined(status) && member.status === 'archived') {
      member.timestampOpt = this.#account.now();
      member.ipOpt = callersAddress;
    }
    member.status = status;
    member.unsubscribeReason = status === 'unsubscribed' ? 'N/A (Unsubscribed by admin)' : '';
  }

  #tell(audience: Audience, member: MemberRecord, oldStatus: MemberStatus, oldAddress: string): void {
    const fire = this.#webhooks.fire.bind(this.#webhooks, audience, 'api');
    if (member.email !== oldAddress) fire('upemail', changedAddressForm(audience, member, oldAddress));
    if (member.status === oldStatus) {
      if (member.email === oldAddress) fire('profile', memberForm(audience, member));
    } else if (member.status === 'subscribed') fire('subscribe', memberForm(audience, member));
    else if (member.status === 'unsubscribed') fire('unsubscribe', unsubscribeForm(audience, member, 'unsub', 'manual'));
    else if (member.status === 'cleaned') fire('cleaned', cleanedForm(audience, member, 'hard'));
  }
}

function sameValues(one: Record<string, MergeValue>, other: Record<string, MergeValue>): boolean {
  const tags = new Set([...Object.keys(one), ...Object.keys(other)]);
  return [...tags].every((tag) => JSON.stringify(one[tag] ?? '') === JSON.stringify(other[tag] ?? ''));
}
