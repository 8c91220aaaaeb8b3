import type { Account } from './account.ts';
import { mixedCaseHash } from './address.ts';
import { wholeSecond } from './instants.ts';
import { blankMember, switchTag } from './membership.ts';
import type { MemberRecord, MemberStatus } from './records.ts';

/**
 * A member as it is to be, for setting up: what is left out is as for a member made by an import now. Instants in ms.
 * `tags` are names; `mixedCaseId`: the id of a very old list, made from the address as typed.
 */
export type ImportedMember = Partial<Omit<MemberRecord, 'tags'>> & {
  readonly email: string;
  readonly status: MemberStatus;
  readonly tags?: readonly string[];
  readonly mixedCaseId?: boolean;
};

/** Adds members as they are, past all rules and without webhooks. Throws when an address is there already. */
export function importMembers(account: Account, listId: string, members: readonly ImportedMember[]): void {
  const audience = account.requireAudience(listId);
  for (const { tags = [], mixedCaseId = false, ...given } of members) {
    if (given.email !== '' && audience.byAddress(given.email) !== undefined) {
      throw new Error(`An imported member is in audience ${listId} already; import each address once.`);
    }
    const member: MemberRecord = { ...blankMember(account, given.email), source: 'Import', ...given };
    if (mixedCaseId) member.id = mixedCaseHash(given.email);
    if (given.timestampOpt === undefined) member.timestampOpt = member.lastChanged;
    member.lastChanged = wholeSecond(member.lastChanged);
    member.timestampOpt = member.timestampOpt === null ? null : wholeSecond(member.timestampOpt);
    for (const tag of tags) switchTag(account, audience, member, tag, true);
    audience.add(member);
  }
}
