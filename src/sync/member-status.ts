import type { MemberStatus } from '../mailchimp/api.ts';
import type { MemberFacts, Row } from '../store/entities.ts';

/** Subscribed at Mailchimp = `subscribed`, or `pending` (algorithm.md, Words). null: gone. */
export const isSubscribed = (status: MemberStatus | null | undefined): boolean => status === 'subscribed' || status === 'pending';

/** A row whose member is subscribed at Mailchimp now. */
export const memberIsSubscribed = (row: Pick<Row, 'member'>): boolean => isSubscribed(row.member?.status);

/** The member is known and not gone. */
export const memberIsPresent = (member: MemberFacts | null): member is MemberFacts => member !== null && member.status !== null;
