import type { Instant } from '../base/clock.ts';
import type { NewRow, Row, Word } from '../store/entities.ts';
import { bareRow } from './bare-row.ts';
import type { ClusterContact } from './cluster.ts';
import { civicrmSaying } from './decide-subscription.ts';
import { point, type WordOrder } from './words.ts';

/** A contact that a row loses: to the trash, or because the address went to somebody else. */
export interface Leaver {
  /** As CiviCRM shows it; null when it was deleted for good. */
  readonly contact: ClusterContact | null;
  readonly id: NonNullable<Row['contactId']>;
  /** The row's word for this contact. */
  readonly word: Word | undefined;
  /** It went to the trash, or was deleted for good. */
  readonly isDeleted: boolean;
  /** The deletion as a word; null: it is none (`onContactDeleted: "recreate"`), or the contact is still live. */
  readonly deletion: Word | null;
}

export interface Left {
  readonly row: Row;
  /** A contact-only row that takes along what was said at the address. */
  readonly along: NewRow | undefined;
}

/**
 * A row loses a contact. The contact's removals stay with the row [trashword, pass]; who goes to another address takes
 * along what was said at the old one up to the edit: a yes is not there for the next [along], a no holds for the leaver
 * as a row with that word [noalong]; a yes said anew since the last decision means that a no came before it [heard].
 */
export function leave(row: Row, leaver: Leaver, order: WordOrder): Left {
  const { contact, word, isDeleted, deletion } = leaver;
  const saying = contact ? civicrmSaying(contact, order) : undefined;
  let kept = order.removalToOutdo(row.memory.kept, saying?.removal);
  const own = row.memory.own;
  const modified = contact ? point(false, contact.contact.modified, 'civicrm') : undefined;
  const stays = isDeleted || !word || !modified || order.surelyLater(word, modified);
  const saysYes = contact?.subscription.word?.value === true;
  if (!stays && word.value && saysYes && own?.value) kept = order.removalToOutdo(kept, { ...own, value: false });
  const heard = row.memory.heard ?? undefined;
  const unheard = !isDeleted && saysYes && own?.value === true && heard !== undefined && own.at !== heard;
  const taken = unheard ? { status: { ...own, value: false }, own: { ...own, value: false } } : !stays && !word.value ? { status: word, own: word } : undefined;
  if (deletion) kept = order.removalToOutdo(kept, deletion);
  return {
    row: {
      ...row,
      contactId: row.contactId === leaver.id ? null : row.contactId,
      memory: kept ? { ...row.memory, kept } : row.memory,
      syncStatus: 'todo',
    },
    along: taken && { ...bareRow(row.listId), contactId: leaver.id, memory: taken },
  };
}

/** The deletion of a known contact: CiviCRM's word "not subscribed", between the last look and now [trashno]. */
export const deletionWord = (id: NonNullable<Row['contactId']>, since: Instant, now: Instant): Word => ({ value: false, since, at: now, source: 'civicrm', by: id });
