import type { EmailAddress } from '../base/ids.ts';
import type { FailReason, MailchimpAsk, Row, Word } from '../store/entities.ts';
import { addressesOf, bestAddressOf, isOnHold, type ClusterContact } from './cluster.ts';
import type { DecisionRules } from './decision.ts';
import { memberIsPresent, memberIsSubscribed } from './member-status.ts';
import { whyNoContact } from './refused-contact.ts';
import { sameRange } from './words.ts';

/** What a member's subscription takes: nothing, an update, or it cannot be had. */
export type SubscriptionOutcome =
  | { readonly outcome: 'in_step'; readonly ask?: undefined }
  | { readonly outcome: 'ask'; readonly ask: Pick<MailchimpAsk, 'status'> }
  | { readonly outcome: 'fail'; readonly reason: FailReason; readonly ask?: undefined };

/** A row that somebody keeps: the member's status says what it takes. */
export function subscribing(row: Row, word: Word, at: { readonly lead: ClusterContact | null; readonly address: EmailAddress | undefined; /** All rows that the lead uses. */ readonly rows: readonly Row[] }, rules: DecisionRules): SubscriptionOutcome {
  const { refused } = row.memory;
  const { lead, address } = at;
  const status = row.member === null ? 'never seen' : (row.member.status ?? 'gone');
  switch (status) {
    case 'subscribed':
    case 'pending': {
      const reason = row.contactId === null ? whyNoContact(row, rules.now.mailchimp) : null;
      return reason ? { outcome: 'fail', reason } : { outcome: 'in_step' };
    }
    case 'cleaned':
      return { outcome: 'fail', reason: 'cleaned' };
    case 'unsubscribed':
    case 'archived':
    case 'transactional':
    case 'gone':
    case 'never seen':
      if (refused && sameRange(refused, word) && (refused.email ?? address) === address && !isRenamed(lead, refused.names) && rules.now.mailchimp < (refused.until ?? Infinity)) return { outcome: 'fail', reason: refused.reason }; // nothing sent until something changes
      if (address === undefined || (lead && hasNone(row, lead))) return { outcome: 'fail', reason: 'no_email' };
      if (lead && isOnHold(lead, address)) return { outcome: 'fail', reason: row.member === null ? 'no_email' : 'on_hold' };
      return { outcome: 'ask', ask: { status: askedStatus(row, at.rows, word, rules) } };
  }
}

const isRenamed = (lead: ClusterContact | null, { firstName, lastName }: NonNullable<NonNullable<Row['memory']['refused']>['names']> = {}): boolean =>
  lead !== null && ((firstName ?? lead.contact.firstName) !== lead.contact.firstName || (lastName ?? lead.contact.lastName) !== lead.contact.lastName);

/** Whether a contact has no free address, nor that of a member it once had: nobody is asked at an address that was taken away. */
const hasNone = (row: Row, lead: ClusterContact): boolean =>
  row.email !== null && row.email === row.agreedEmail && !addressesOf(lead).includes(row.email) && bestAddressOf(lead) === undefined;

/** A row that nobody keeps. Mailchimp archives nobody who is pending (405: https://github.com/amro/gibbon/issues/320). */
export function unsubscribing(row: Row, rules: DecisionRules): SubscriptionOutcome {
  if (!memberIsSubscribed(row)) return { outcome: 'in_step' };
  const archives = rules.settings.onRemove === 'archive' && row.member?.status !== 'pending';
  return { outcome: 'ask', ask: { status: archives ? 'archived' : 'unsubscribed' } };
}

/** `pending` after a compliance refusal, once for each origin, at whichever address of the person; and for who is no member, where the settings want double opt-in. */
function askedStatus(row: Row, rows: readonly Row[], word: Word, rules: DecisionRules): 'subscribed' | 'pending' {
  if ([row, ...rows].some(({ memory }) => memory.askPending && sameRange(memory.askPending, word))) return 'pending';
  return memberIsPresent(row.member) ? 'subscribed' : rules.settings.newMemberStatus;
}
