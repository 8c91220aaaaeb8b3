import type { InterestId } from '../base/ids.ts';
import type { MailchimpAsk, MailchimpUpdate, Row, Update } from '../store/entities.ts';
import { isSubscribed } from './member-status.ts';

/** A fact of a member whose words are kept: its subscription, or one interest by its id. */
export type FactName = string;
export const STATUS: FactName = 'status';

/** Sent, or being sent: it may still take effect. */
export const isUnderWay = (update: Update): boolean => update.state === 'sending' || update.state === 'submitted';

/** Decided, not yet sent: superseded when its row is decided anew [supersede]. */
export const isWaiting = (update: Update): boolean => update.state === 'planned' || update.state === 'queued';

/** What an update asks of a fact, as a yes or a no; undefined when it does not ask for it. */
export function asked(update: { readonly ask: MailchimpAsk }, fact: FactName): boolean | undefined {
  if (fact !== STATUS) return update.ask.interests?.[fact as InterestId];
  return update.ask.status === undefined ? undefined : isSubscribed(update.ask.status);
}

/**
 * The updates whose asked values, when they turn up at this row, are our own doing: those under way, and those of
 * unknown fate, known by row or by the address they went to [provenance, claimaddr, ghost].
 */
export function claimsOn(row: Pick<Row, 'id'>, email: string | null, updates: readonly Update[]): readonly MailchimpUpdate[] {
  return updates.filter(
    (update): update is MailchimpUpdate =>
      update.side === 'mailchimp' && (update.rowId === row.id || update.key === email) && (isUnderWay(update) || update.claims),
  );
}
