import type { ContactId, GroupId, InterestId } from '../../base/ids.ts';
import type { HistoryRow } from '../../civicrm/reader.ts';
import type { ContactMemory, InboxEntry, Row, Word } from '../../store/entities.ts';
import { STATUS } from '../claims.ts';
import { isAdded } from '../civicrm-word.ts';
import { updateOf, type OwnWrites } from '../own-history.ts';
import { told, toldRange } from './told.ts';
import { whoDidIt } from './told-webhook.ts';

/** Where a word is known from. */
type KnownFrom =
  | 'webhook'
  /** A look at the member: its dates, or what had changed since the look before. */
  | 'read'
  /** A row of CiviCRM's subscription history. */
  | 'history'
  /** A write of this sync, by which the other side's word was passed on. */
  | 'relayed'
  | 'opt_out'
  | 'smart_group'
  /** A group status that no history row explains, or a contact that went. */
  | 'look'
  | 'kept_removal';

/** A word as it is told. */
export interface ToldWord {
  /** What it is about: `subscription`, `interest {id}`, or one of these with what kind of word it is. */
  readonly about: string;
  readonly says: 'yes' | 'no';
  /** Whose clock dated it, and where it was first said. */
  readonly saidAt: 'Mailchimp' | 'CiviCRM';
  /** null: how long before `at` is not known. */
  readonly since: string | null;
  readonly at: string;
  /** The contact that said it, of a word of CiviCRM. */
  readonly contactId: ContactId | null;
  readonly knownFrom: KnownFrom;
  readonly text: string;
}

interface Source {
  readonly from: KnownFrom;
  readonly text: string;
}

function toldWord(about: string, word: Word, { from, text }: Source): ToldWord {
  const saidAt = word.source === 'mailchimp' ? 'Mailchimp' : 'CiviCRM';
  return {
    about,
    says: word.value ? 'yes' : 'no',
    saidAt,
    since: word.since < 0 ? null : told(word.since),
    at: told(word.at),
    contactId: word.by ?? null,
    knownFrom: from,
    text: `${word.value ? 'yes' : 'no'}, said ${word.source === 'mailchimp' ? 'at Mailchimp' : 'in CiviCRM'}${word.by === undefined || word.source === 'mailchimp' ? '' : ` by contact ${word.by}`} ${toldRange(word)}; known from ${text}`,
  };
}

/** What a row remembers that was said. */
export function wordsOfRow(row: Row, webhooks: readonly InboxEntry[]): readonly ToldWord[] {
  const { status, own, interests, kept, ours } = row.memory;
  const words: ToldWord[] = [];
  if (status) words.push(toldWord('subscription', status, sourceOfRowWord(row, status, ours?.[STATUS] === true, webhooks)));
  if (own && !isSame(own, status)) words.push(toldWord('subscription, Mailchimp’s own last word', own, sourceOfRowWord(row, own, false, webhooks)));
  for (const [interest, word] of Object.entries(interests ?? {}) as [InterestId, Word][]) words.push(toldWord(`interest ${interest}`, word, sourceOfRowWord(row, word, ours?.[interest] === true, [])));
  if (kept) words.push(toldWord('subscription, of a contact that had this address', kept, { from: 'kept_removal', text: 'a removal or deletion that stays with the address' }));
  return words;
}

const isSame = (one: Word, other: Word | undefined): boolean => other !== undefined && one.value === other.value && one.since === other.since && one.at === other.at && one.source === other.source;

function sourceOfRowWord(row: Row, word: Word, isOurs: boolean, webhooks: readonly InboxEntry[]): Source {
  if (word.source === 'civicrm' || isOurs) {
    const what = word.optOut ? 'an opt-out' : word.searched ? 'what the search of a smart group found' : word.source === 'civicrm' ? 'the word' : 'Mailchimp’s word';
    return { from: 'relayed', text: `our own write to Mailchimp, which passed on ${what}${word.source === 'civicrm' ? ' of CiviCRM' : ''}` };
  }
  const webhook = webhooks.find(({ type, firedAt }) => firedAt === word.at && saysOf(type) === word.value);
  if (webhook) return { from: 'webhook', text: `a webhook: ${whoDidIt(webhook)}` };
  const { member } = row;
  if (member && word.value && member.timestampOpt !== null && word.since === member.timestampOpt) return { from: 'read', text: 'a look at the member: from its opt-in to its last change' };
  if (word.since !== word.at) return { from: 'read', text: 'looks at the member, which show when it was said at the earliest and at the latest' };
  return { from: 'read', text: 'the time of the member’s last change when it was read, or a webhook that is not kept any more' };
}

/** What a webhook says of the subscription; undefined: nothing. */
const saysOf = (type: string): boolean | undefined => (type === 'subscribe' ? true : type === 'unsubscribe' || type === 'cleaned' ? false : undefined);

/** What is remembered of a contact: its opt-out, and statuses that no history row explains. */
export function wordsOfMemory({ optOut, unexplained }: ContactMemory, groups: ReadonlyMap<GroupId, string>): readonly ToldWord[] {
  return [
    ...(optOut ? [toldWord('subscription', optOut, OPT_OUT)] : []),
    ...Object.entries(unexplained).map(([group, word]) => toldWord(groups.get(Number(group) as GroupId) ?? `group ${group}`, word, word.searched ? SEARCH : UNEXPLAINED)),
  ];
}

const OPT_OUT: Source = { from: 'opt_out', text: 'an opt-out, a “do not e-mail” or the death of the contact, which counts for every group' };
const SEARCH: Source = { from: 'smart_group', text: 'the search of the smart group, which dates nothing but itself' };
const UNEXPLAINED: Source = { from: 'look', text: 'a look: the group status is so, and no history row explains it' };

/** A word that CiviCRM shows now, and the history row that it stands in. */
export function wordOfCivicrm(about: string, word: Word, history: readonly HistoryRow[], writes: OwnWrites): ToldWord {
  return toldWord(about, word, sourceInCivicrm(word, history, writes));
}

function sourceInCivicrm(word: Word, history: readonly HistoryRow[], writes: OwnWrites): Source {
  if (word.optOut) return OPT_OUT;
  if (word.searched) return SEARCH;
  const row = history.findLast((each) => isAdded(each.status) === word.value && saidAtOf(each, writes) === word.at);
  if (!row) return word.source === 'mailchimp' ? { from: 'relayed', text: 'our own write to CiviCRM, which passed on the word of Mailchimp' } : UNEXPLAINED;
  const ours = updateOf(row, writes);
  if (ours) return { from: 'relayed', text: `history row no. ${row.id} (${row.status}, ${told(row.date)}), our own write (update ${ours.id}), which passed it on` };
  return { from: 'history', text: `history row no. ${row.id} (${row.status}, ${told(row.date)})` };
}

/** When what a history row says was said: a row of ours relays a word. */
function saidAtOf(row: HistoryRow, writes: OwnWrites): number {
  return Object.values(updateOf(row, writes)?.origin ?? {})[0]?.at ?? row.date;
}

/** A row of the history, for people. */
export interface ToldHistory {
  readonly id: number;
  readonly groupId: GroupId | null;
  readonly status: string;
  readonly at: string;
  /** The update of ours that made it. */
  readonly ours: number | null;
}

export const toldHistory = (row: HistoryRow, writes: OwnWrites): ToldHistory => ({ id: row.id, groupId: row.groupId, status: row.status, at: told(row.date), ours: updateOf(row, writes)?.id ?? null });
