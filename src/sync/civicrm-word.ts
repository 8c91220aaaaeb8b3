import type { Instant } from '../base/clock.ts';
import type { ContactId, GroupId, HistoryId } from '../base/ids.ts';
import type { Contact, GroupStatus, HistoryRow } from '../civicrm/reader.ts';
import type { CivicrmUpdate, ContactMemory, OptOutWord, UnexplainedStatus, Word } from '../store/entities.ts';
import { searchedStatus, type SearchLook } from './searched-status.ts';
import { EVER, point, type WordOrder } from './words.ts';

/** What one look at a contact in CiviCRM shows of one group. */
export interface GroupLook {
  readonly contactId: ContactId;
  readonly groupId: GroupId;
  /** null: no group contact. Of a smart group what was done by hand. */
  readonly status: GroupStatus | null;
  /** Of a smart group what its search shows; null: an ordinary group. */
  readonly search: SearchLook | null;
  /** The contact's history in this group, in order of id. */
  readonly history: readonly HistoryRow[];
}

/** What the words of a contact are judged with. */
export interface ContactLookContext {
  readonly order: WordOrder;
  /** CiviCRM's time of this look. */
  readonly now: Instant;
  /** What was known of the contact before; null at first sight. */
  readonly memory: ContactMemory | null;
  /** How many contacts were merged into this one. */
  readonly merged: number;
  /** The update that a history row of ours belongs to, undefined for the site's own rows. */
  readonly updateOf: (row: HistoryRow) => CivicrmUpdate | undefined;
}

const ADDED = 'Added';
export const isAdded = (status: GroupStatus | null): boolean => status === ADDED;

/** What CiviCRM says of one group: the state, its word, and the word of its removals alone. */
export interface GroupSaying {
  readonly added: boolean;
  /** A smart group's, whose members follow from a search: it is never written. */
  readonly searched: boolean;
  readonly word: Word | undefined;
  /** The last removal, which a yes at Mailchimp has to be surely later than [perrow]. */
  readonly removal: Word | undefined;
  /** The group's status and the date of its last history row, for people who look at the row. */
  readonly shown: readonly [GroupId, { readonly status: string; readonly at: Instant | null }] | undefined;
  /** A status that no history row explains, to be remembered. */
  readonly unexplained: UnexplainedStatus | undefined;
}

/**
 * CiviCRM's word on a group. The site's own history rows count in order of id, since a second can hold many; a row of
 * ours counts as the word that it relays, at that word's time [byid, provenance]. A status that no row explains was
 * written past the API: `[last look, now]`; one that a merge left is nobody's word [merge]. A smart group's search says
 * what no row explains.
 */
export function sayingOf(look: GroupLook, context: ContactLookContext): GroupSaying {
  const last = look.history.at(-1);
  const unexplained = look.search ? searchedStatus(look.search, last, context.memory?.unexplained[look.groupId], context.now) : unexplainedStatus(look, context);
  const added = look.search ? unexplained?.value === true : isAdded(look.status);
  const isExplained = look.search !== null && added && isAdded(last?.status ?? null);
  const word = (isExplained ? undefined : unexplained) ?? wordOf(look.history, context);
  const removal = wordOf(look.history.filter((row) => row.status !== ADDED), context);
  const by = look.contactId;
  const shownStatus = look.search && added ? ADDED : look.status;
  return {
    added,
    searched: look.search !== null,
    word: word && { ...wordOnly(word), by },
    removal: removal && { ...removal, by },
    shown: shownStatus === null ? undefined : [look.groupId, { status: shownStatus, at: last?.date ?? null }],
    unexplained,
  };
}

function wordOf(rows: readonly HistoryRow[], context: ContactLookContext): Word | undefined {
  let word: Word | undefined;
  for (const row of rows) {
    const value = row.status === ADDED;
    const origin = Object.values(context.updateOf(row)?.origin ?? {})[0]; // a group update relays one word
    word = origin ? context.order.later(word, { ...origin, value }) : point(value, row.date, 'civicrm');
  }
  return word;
}

function unexplainedStatus(look: GroupLook, context: ContactLookContext): UnexplainedStatus | undefined {
  const added = isAdded(look.status);
  const last = look.history.at(-1);
  if (last ? isAdded(last.status) === added : look.status === null) return undefined;
  if (context.merged > 0) return undefined;
  const after: HistoryId | null = last?.id ?? null;
  const known = context.memory?.unexplained[look.groupId];
  if (known && known.value === added && known.after === after) return known;
  return { value: added, since: context.memory?.lookedAt ?? EVER, at: context.now, source: 'civicrm', after };
}

function wordOnly(word: Word & Partial<UnexplainedStatus>): Word {
  const { after: _after, foundAt: _foundAt, missing: _missing, ...rest } = word;
  return rest;
}

const MARKS = ['isOptOut', 'doNotEmail', 'isDeceased'] as const;
type Marked = Pick<Contact, (typeof MARKS)[number]>;

/** Why a contact may not be mailed at all. */
export const marksOf = (contact: Marked): readonly (typeof MARKS)[number][] => MARKS.filter((mark) => contact[mark]);

/** Whether a contact may be mailed at all; on hold is an address's matter. */
export const mayBeMailed = (contact: Marked): boolean => marksOf(contact).length === 0;

/**
 * The word of an opt-out: "not subscribed" for every group, at its history row's date if the contact was seen without
 * it before and has not been merged into since; else `[last look, now]`, at first sight `[ever, now]`; a later such
 * row, or another mark, says it again. Taken back, it counts as if it had not been said [optout, optundo].
 */
export function optOutOf(
  contact: Pick<Contact, 'id'> & Marked,
  domainHistory: readonly HistoryRow[],
  context: ContactLookContext,
): OptOutWord | null {
  if (mayBeMailed(contact)) return null;
  const row = contact.isOptOut ? domainHistory.at(-1) : undefined;
  const lastLook = context.memory?.lookedAt ?? null;
  let word = context.memory?.optOut ?? null;
  if (!word) {
    const dated = row && lastLook !== null && row.date >= lastLook && context.merged === 0;
    const said = dated ? point(false, row.date, 'civicrm') : { value: false, since: lastLook ?? EVER, at: context.now, source: 'civicrm' as const };
    word = { ...said, by: contact.id, optOut: true, merged: context.merged };
  }
  if (word.merged !== context.merged) word = { ...word, at: context.now, merged: context.merged }; // perhaps the other's
  const seen = context.memory?.optOut?.marks;
  if (seen && marksOf(contact).some((mark) => !seen.includes(mark))) word = { ...word, at: context.now }; // said by another mark
  if (row && row.date > word.at) word = { ...word, at: row.date }; // said again
  return word;
}
