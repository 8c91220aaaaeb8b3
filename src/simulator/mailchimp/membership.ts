import type { Account } from './account.ts';
import { subscriberHash } from './address.ts';
import type { Audience } from './audience.ts';
import type { MemberRecord, MemberStatus } from './records.ts';

/** Counts as subscribed: gets mail, or was asked whether they want it. */
export function isJoined(status: MemberStatus): boolean {
  return status === 'subscribed' || status === 'pending';
}

/** A member as it is before anything is known of it; not yet in the audience. */
export function blankMember(account: Account, address: string): MemberRecord {
  return {
    id: address === '' ? '' : subscriberHash(address),
    contactId: account.hex(32),
    webId: account.nextWebId(),
    uniqueEmailId: account.hex(10),
    email: address,
    emailType: 'html',
    status: 'transactional',
    ownUnsubscribe: false,
    complaint: false,
    unsubscribeReason: '',
    mergeFields: {},
    interests: [],
    tags: [],
    marketingPermissions: [],
    timestampSignup: null,
    ipSignup: '',
    timestampOpt: null,
    ipOpt: '',
    lastChanged: account.now(),
    memberRating: 2,
    language: '',
    vip: false,
    source: '',
    smsPhoneNumber: '',
    smsStatus: '',
  };
}

/** Gives a member another address: new id, same `contact_id` (recorded). A change of letter case keeps the id. */
export function readdress(audience: Audience, member: MemberRecord, address: string): void {
  const sameAddress = member.email.toLowerCase() === address.toLowerCase();
  audience.readdress(member, address, sameAddress ? member.id : subscriberHash(address));
}

/** Turns an interest on or off. False when it stands so already. */
export function switchInterest(member: MemberRecord, interestId: string, on: boolean): boolean {
  if (member.interests.includes(interestId) === on) return false;
  member.interests = switched(member.interests, interestId, on);
  return true;
}

export function switchPermission(member: MemberRecord, permissionId: string, on: boolean): void {
  if (member.marketingPermissions.includes(permissionId) !== on) {
    member.marketingPermissions = switched(member.marketingPermissions, permissionId, on);
  }
}

function switched(ids: readonly string[], id: string, on: boolean): string[] {
  return on ? [...ids, id] : ids.filter((one) => one !== id);
}

/** Adds or removes a tag by its name, whatever the case (third party), making it for the audience if need be. False when nothing changed. */
export function switchTag(account: Account, audience: Audience, member: MemberRecord, name: string, on: boolean): boolean {
  const known = audience.list.tags.find((tag) => tag.name.toLowerCase() === name.trim().toLowerCase());
  const has = known !== undefined && member.tags.some((tag) => tag.id === known.id);
  if (has === on) return false;
  if (!on) {
    member.tags = member.tags.filter((tag) => tag.id !== known?.id);
    return true;
  }
  const tag = known ?? { id: account.nextTagId(), name: name.trim() };
  if (known === undefined) audience.list.tags.push(tag);
  member.tags = [...member.tags, { id: tag.id, addedAt: account.now() }];
  return true;
}
