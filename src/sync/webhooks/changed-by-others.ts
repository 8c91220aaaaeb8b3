import type { NewRow, Row, Update } from '../../store/entities.ts';
import { isUnderWay } from '../claims.ts';
import { sameFacts } from '../look.ts';

/**
 * Whether a look shows what others than us changed at Mailchimp, of which a webhook should tell: not of a pending that
 * is not confirmed, nor of who was deleted for good (facts/mailchimp.md).
 * @param row as it was known; undefined: not at all
 * @param open updates that may still take effect
 */
export function changedByOthers(row: Row | undefined, looked: Row | NewRow, open: readonly Update[]): boolean {
  const { member } = looked;
  if (member === null || member.status === null || member.status === 'pending') return false;
  const ours = open.some((update) => update.side === 'mailchimp' && (isUnderWay(update) || update.claims) && (update.rowId === row?.id || update.email === looked.email));
  if (ours) return false;
  return !row || row.email !== looked.email || !sameFacts(row.member, member);
}
