import { isDeepStrictEqual } from 'node:util';

import type { Instant } from '../base/clock.ts';
import type { EmailAddress, InterestId } from '../base/ids.ts';
import type { Member } from '../mailchimp/api.ts';
import type { DataSettings } from '../settings/settings.ts';
import type { MailchimpUpdate, MemberFacts, NewRow, Row, RowMemory, Update, Word } from '../store/entities.ts';
import { boundData } from './data/binding.ts';
import { forgetAgreed } from './data/hook-memory.ts';
import { asked, claimsOn, STATUS, type FactName } from './claims.ts';
import { isSubscribed } from './member-status.ts';
import { EVER, type WordOrder } from './words.ts';

/** What a look at a member is judged with. */
export interface LookContext {
  readonly order: WordOrder;
  /** When Mailchimp served this look, by its own clock. */
  readonly seenAt: Instant;
  /** Start of the last complete fetch by Mailchimp's clock: what had changed before, was seen then. null: none yet. */
  readonly fetchedAt: Instant | null;
  /** Updates of the row or its address that may still take effect, or whose fate is unknown. */
  readonly updates: readonly Update[];
  /** The update whose answer this look is. */
  readonly answerOf?: MailchimpUpdate;
  /** The update that the row's `memory.reread` names [samesecond]. */
  readonly rereadOf?: MailchimpUpdate;
  readonly interests: readonly InterestId[];
  /** What data of a member are kept. */
  readonly data: DataSettings;
  /** Setting: a pending member counts as subscribed (the original extension's rule). */
  readonly pendingCounts: boolean;
}

/** A row that is kept, or about to be inserted. */
type AnyRow = Row | NewRow;

/**
 * A look at a row's member: takes its facts, and dates the words that they show (algorithm.md, "When a word was said").
 * `member` null: Mailchimp says that it is gone. The row comes back `todo` when a fact or a word moved.
 */
export function look<Kept extends AnyRow>(row: Kept, member: Member | null, context: LookContext): Kept {
  const was = row.member;
  if (!member && !was) return row; // never seen, and not there: nothing to say
  const now = member ? factsOf(member, context) : { ...goneFrom(was), lastChanged: context.seenAt };
  const before = row.memory;
  const memory = hear(row, was, now, member, context);
  const moved = member !== null && member.email !== row.email;
  const changed = moved || !sameFacts(was, now) || !sameWords(before, memory);
  return {
    ...row,
    member: now,
    hookData: member && isOther(row, member) ? forgetAgreed(row.hookData) : row.hookData,
    memory: moved && row.email && member ? withFormer(memory, row.email, member.lastChanged) : memory,
    memberHash: member ? member.hash : row.memberHash,
    memberContactId: member ? member.contactId : row.memberContactId,
    email: member ? member.email : row.email,
    agreedEmail: row.agreedEmail ?? (member ? member.email : row.email),
    lookedAt: Math.max(row.lookedAt ?? EVER, context.seenAt),
    syncStatus: changed ? 'todo' : row.syncStatus,
  };
}

/** Whether a member is at a row whose former member was another one: the row begins with it as at first sight [otherid]. */
export const isOther = (row: AnyRow, member: Member): boolean => row.memberContactId !== null && row.memberContactId !== member.contactId;

function hear(row: AnyRow, was: MemberFacts | null, now: MemberFacts, member: Member | null, context: LookContext): RowMemory {
  const { order } = context;
  const first = was === null || (member !== null && isOther(row, member));
  const known = row.memory;
  const email = member ? member.email : row.email;
  const claims = claimsOn({ id: 'id' in row ? row.id : (0 as Row['id']) }, email, context.updates);
  const answer = context.answerOf ?? rereadAnswer(row, now, context.rereadOf);
  const pending = pendingState(first ? {} : known, now, answer ? [answer, ...claims] : claims, context);
  let memory: RowMemory = { ...known, ...pending };
  if (!pending.foreign) memory = without(memory, 'foreign');
  if (!pending.pendingOurs) memory = without(memory, 'pendingOurs');
  const since = first ? EVER : Math.max(row.lookedAt ?? EVER, context.fetchedAt ?? EVER);

  for (const fact of [STATUS, ...context.interests]) {
    const isStatus = fact === STATUS;
    if (!isStatus && now.interests[fact as InterestId] === undefined) continue; // not returned by Mailchimp: skipped
    const value = isStatus ? saysYes(now, pending.foreign !== undefined) : now.interests[fact as InterestId]!;
    const old = was === null ? undefined : isStatus ? saysYes(was, known.foreign !== undefined) : was.interests[fact as InterestId];
    const word = wordOf(memory, fact);
    if (isStatus && pending.foreign && (first || !old)) continue; // a first sight of a pending says nothing [foreign]
    const optedIn = isStatus && value && was !== null && (now.timestampOpt ?? EVER) > (was.timestampOpt ?? EVER);
    if (!first && was && word && value === old && !optedIn) {
      memory = seenAgain(memory, fact, word, value, was, now, answer);
      continue;
    }
    const ours =
      member === null ? undefined : answer && asked(answer, fact) === value ? answer : claims.findLast((update) => asked(update, fact) === value);
    const opt = isStatus && value ? (now.timestampOpt ?? EVER) : EVER;
    const firstSight = first || (old === undefined && !word); // of the member, or of a newly bound interest
    const lower = firstSight && opt === EVER ? now.lastChanged : Math.max(since, opt);
    const said: Word = ours?.origin[fact]
      ? { ...ours.origin[fact], value }
      : { value, since: Math.min(now.lastChanged, lower), at: now.lastChanged, source: 'mailchimp' };
    memory = { ...memory, ours: { ...memory.ours, [fact]: ours !== undefined } };
    memory = withWord(memory, fact, move(word, said, ours !== undefined, order));
    if (isStatus && !ours) memory = { ...memory, own: move(memory.own, said, false, order) };
  }
  return memory;
}

/** Words only move forward; a word of ours, relayed, stands only where no later one is known. */
function move(known: Word | undefined, said: Word, ours: boolean, order: WordOrder): Word {
  if (!known) return said;
  if (ours) return order.later(known, said);
  if (order.surelyLater(known, said)) return known;
  return { ...said, since: Math.max(said.since, known.source === 'mailchimp' ? known.since : EVER) };
}

/** An unchanged value: its word stands, unless its own side's word differs from it [explain], or a no was said again [again]. */
function seenAgain(memory: RowMemory, fact: FactName, word: Word, value: boolean, was: MemberFacts, now: MemberFacts, answer: MailchimpUpdate | undefined): RowMemory {
  if (answer || isOwnTouch(memory, now)) return memory;
  const at = Math.max(word.at, now.lastChanged);
  if (word.value !== value) {
    if (memory.ours?.[fact]) return memory;
    return heardOf(memory, fact, { value, since: word.since, at, source: 'mailchimp' });
  }
  if (value || now.lastChanged <= was.lastChanged) return memory;
  const { by: _by, ...anew } = word;
  return heardOf(memory, fact, { ...anew, at });
}

/** `last_changed` was moved by tags that we sent: nobody said anything [again]. */
const isOwnTouch = ({ tagged }: RowMemory, { lastChanged }: MemberFacts): boolean => tagged !== undefined && tagged.since <= lastChanged && lastChanged <= tagged.at;

/** Whether a pending is one that we asked for, or one that a person began, which is nobody's word until confirmed [foreign]. */
function pendingState(known: RowMemory, now: MemberFacts, claims: readonly MailchimpUpdate[], context: LookContext): Pick<RowMemory, 'foreign' | 'pendingOurs'> {
  if (now.status !== 'pending') return {};
  if (context.pendingCounts || known.pendingOurs || claims.some((update) => update.ask.status === 'pending')) return { pendingOurs: true };
  return { foreign: known.foreign ?? { since: now.lastChanged, at: context.seenAt } };
}

/** A look that shows what a same-second answer's update asked for, with that answer's time, is still its doing (FINDINGS 37). */
function rereadAnswer(row: AnyRow, now: MemberFacts, update: MailchimpUpdate | undefined): MailchimpUpdate | undefined {
  if (!update || row.memory.reread !== update.id || now.status === null) return undefined;
  return now.lastChanged === update.settledAs && asked(update, STATUS) === isSubscribed(now.status) ? update : undefined;
}

const NEVER_SEEN: MemberFacts = { status: null, lastChanged: EVER, timestampOpt: null, interests: {}, firstName: '', lastName: '' };
const goneFrom = (was: MemberFacts | null): MemberFacts => ({ ...(was ?? NEVER_SEEN), status: null });

function factsOf(member: Member, context: LookContext): MemberFacts {
  const bound = context.interests.filter((interest) => member.interests[interest] !== undefined);
  return {
    status: member.status,
    lastChanged: member.lastChanged,
    timestampOpt: member.timestampOpt,
    interests: Object.fromEntries(bound.map((interest) => [interest, member.interests[interest]!])),
    firstName: member.firstName,
    lastName: member.lastName,
    ...boundData(member, context.data),
  };
}

const wordOf = (memory: RowMemory, fact: FactName): Word | undefined =>
  fact === STATUS ? memory.status : memory.interests?.[fact as InterestId];

const withWord = (memory: RowMemory, fact: FactName, word: Word): RowMemory =>
  fact === STATUS ? { ...memory, status: word } : { ...memory, interests: { ...memory.interests, [fact]: word } };

/** A word that Mailchimp itself said. */
const heardOf = (memory: RowMemory, fact: FactName, word: Word): RowMemory =>
  fact === STATUS ? { ...memory, status: word, own: word } : withWord(memory, fact, word);

function withFormer(memory: RowMemory, email: EmailAddress, until: Instant): RowMemory {
  return { ...memory, former: [...(memory.former ?? []), { email, until }] };
}

function without(memory: RowMemory, key: keyof RowMemory): RowMemory {
  const { [key]: _dropped, ...rest } = memory;
  return rest;
}

/** A pending that nobody of us asked for is not yet a yes [foreign]. */
const saysYes = (facts: MemberFacts, foreign: boolean): boolean => facts.status === 'subscribed' || (facts.status === 'pending' && !foreign);

const sameWords = (one: RowMemory, other: RowMemory): boolean =>
  isDeepStrictEqual([one.status, one.own, one.interests], [other.status, other.own, other.interests]);

const synced = ({ status, interests, firstName, lastName }: MemberFacts): unknown => ({ status, interests, firstName, lastName });

/** Whether two looks show the same facts, whenever they were changed. */
export const sameFacts = (one: MemberFacts | null, other: MemberFacts): boolean => one !== null && isDeepStrictEqual(synced(one), synced(other));
