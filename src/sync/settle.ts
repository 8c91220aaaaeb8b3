import { DAY, SECOND, type Duration, type Instant } from '../base/clock.ts';
import type { InterestId } from '../base/ids.ts';
import type { Member, OperationAnswer } from '../mailchimp/api.ts';
import type { AudienceState, FailReason, MailchimpUpdate, MemberFacts, Row, RowMemory, Word } from '../store/entities.ts';
import type { UpdateChange, UpdateSet } from '../store/store.ts';
import { commitOptions } from './commit.ts';
import { isSameTag } from './data/binding.ts';
import { dataAsked } from './data/datum.ts';
import { withAgreed } from './data/hook-memory.ts';
import { asksForDataOnly, refusedData, withoutAddresses, type FieldError } from './data/refused-data.ts';
import { lookAtMember } from './fetch.ts';
import { giveUp } from './give-up.ts';
import { sameFacts } from './look.ts';
import { isTagsUpdate } from './member-operation.ts';
import { isSubscribed, memberIsPresent } from './member-status.ts';
import type { Outage } from './outage.ts';
import { describeRefusal, outcomeOf } from './refusals.ts';
import type { AudienceContext } from './stage.ts';
import { takeLooks, type Look } from './take-looks.ts';

/** "too many lists": asked again after this long (facts/mailchimp.md: days later). */
const LATER: Duration = 3 * DAY;

/** What two clocks may differ by (algorithm.md, "When a word was said"). */
const TOLERANCE: Duration = 2 * SECOND;

/** What became of an update, for counts. */
export type Settled = 'done' | 'failed' | 'anew' | 'unknown';

/** Settles one update by its answer (algorithm.md, "Settling an update"). The row is decided anew afterwards. */
export async function settle(context: AudienceContext, update: MailchimpUpdate, answer: OperationAnswer, signal?: AbortSignal): Promise<Settled> {
  const audience = await context.store.audience(context.settings.listId);
  const outcome = outcomeOf(answer, update.ask.email !== undefined);
  const settlement = new Settlement(context, update, audience, signal);
  switch (outcome.kind) {
    case 'done':
      return settlement.done(context.mailchimp.readMember(answer.body));
    case 'compliance':
      return settlement.refusedForCompliance(describeRefusal(answer));
    case 'refused':
      return asksForDataOnly(update.ask) ? settlement.dataRefused(describeRefusal(answer), []) : settlement.refused(outcome.reason, describeRefusal(answer));
    case 'data_refused':
      return settlement.dataRefused(describeRefusal(answer), outcome.errors);
    case 'address_refused':
      return settlement.addressRefused(describeRefusal(answer));
    case 'missing':
      return settlement.missing(describeRefusal(answer));
    case 'not_done':
      return settlement.notDone();
    case 'unknown':
      await giveUp(context, update, signal);
      return 'unknown';
  }
}

/** An update with the answer that settles it. */
export interface Answer {
  readonly update: MailchimpUpdate;
  readonly answer: OperationAnswer;
}

/** Settles many at once: what went through as a whole, the rest one by one. Whom Mailchimp cannot tell of waits. */
export async function settleAll(context: AudienceContext, answers: readonly Answer[], outage: Outage, signal?: AbortSignal): Promise<readonly Settled[]> {
  const { store, settings, mailchimp } = context;
  const rows = new Map((await store.rowsById(settings.listId, answers.flatMap(({ update }) => update.rowId ?? []))).map((row) => [row.id, row]));
  const looks: Look[] = [];
  const rest: Answer[] = [];
  for (const each of answers) {
    const row = each.update.rowId === null ? undefined : rows.get(each.update.rowId);
    const member = outcomeOf(each.answer, false).kind === 'done' ? mailchimp.readMember(each.answer.body) : null;
    if (row && member && isNewer(row, member)) looks.push(answerLook(context, row, each.update, member));
    else rest.push(each);
  }
  await takeLooks(context, looks, { audience: await store.audience(settings.listId), signal });
  const settled: Settled[] = looks.map(() => 'done');
  for (const { update, answer } of rest) {
    signal?.throwIfAborted();
    await outage.reached(async () => void settled.push(await settle(context, update, answer, signal)));
  }
  return settled;
}

class Settlement {
  readonly #context: AudienceContext;
  readonly #update: MailchimpUpdate;
  readonly #audience: AudienceState;
  readonly #signal: AbortSignal | undefined;

  constructor(context: AudienceContext, update: MailchimpUpdate, audience: AudienceState, signal: AbortSignal | undefined) {
    this.#context = context;
    this.#update = update;
    this.#audience = audience;
    this.#signal = signal;
  }

  /** The row takes what the answer shows; an older answer never overwrites the cache, one of the same second with other facts is read again [samesecond]. */
  async done(member: Member | null): Promise<Settled> {
    const row = await this.#row();
    if (!row) return this.#end({ state: 'done' }, 'done');
    if (!member && isTagsUpdate(this.#update)) return this.#rewrite(this.#ended({ state: 'done' }), (each) => this.#withTags(agreed(each, this.#update)), 'done');
    if (!member) {
      await this.#readMember(row, { state: 'done' }, (seen) => agreed(seen, this.#update)); // a 204, or a body lost
      return 'done';
    }
    if (isNewer(row, member)) {
      await takeLooks(this.#context, [answerLook(this.#context, row, this.#update, member)], { audience: this.#audience, signal: this.#signal });
      return 'done';
    }
    const reread = member.lastChanged === row.member?.lastChanged ? { reread: this.#update.id } : {};
    const ended = endedUpdate(this.#context, this.#update, { state: 'done', settledAs: member.lastChanged });
    return this.#rewrite(ended, (each) => ({ ...agreed(each, this.#update), memory: { ...agreed(each, this.#update).memory, ...reread } }), 'done');
  }

  /**
   * The refusal proves a no of the person's own, said at the latest at the member's `last_changed`, whatever our
   * provenance says. The row is decided anew with it: is CiviCRM surely later, `pending` is asked, once for each origin.
   */
  async refusedForCompliance(answer: string): Promise<Settled> {
    const row = await this.#row();
    if (!row) return this.#end({ state: 'failed', failReason: 'compliance', answer }, 'failed');
    const origin = this.#update.origin['status'];
    const again = this.#update.ask.status === 'pending';
    await this.#readMember(row, { state: 'failed', failReason: 'compliance', answer }, (seen) => {
      const no = this.#provenNo(seen);
      const asked: Partial<RowMemory> = !origin ? {} : again ? { refused: { ...rangeOf(origin), reason: 'compliance' } } : { askPending: rangeOf(origin) };
      return { ...seen, memory: { ...seen.memory, ...(no && { status: no, own: no }), ...asked } };
    });
    return 'failed';
  }

  async refused(reason: FailReason, answer: string): Promise<Settled> {
    const origin = this.#update.origin['status'];
    const until = reason === 'later' ? { until: this.#context.clock.now() + LATER } : {};
    const names = reason === 'other' ? namesAsked(this.#update) : {}; // perhaps one of them is the cause
    const ended = this.#ended({ state: 'failed', failReason: reason, answer });
    return this.#rewrite(ended, (row) => ({ ...row, failReason: reason, memory: { ...row.memory, ...(origin && { refused: { ...rangeOf(origin), ...until, ...names, reason, email: this.#update.email } }) } }), 'failed');
  }

  /** The person's status must not wait for a merge field: the row is decided anew without what was refused, until its value is another. */
  async dataRefused(answer: string, errors: readonly FieldError[]): Promise<Settled> {
    const refused = refusedData(dataAsked(this.#update.ask), errors);
    if (Object.keys(refused).length === 0) return this.refused('other', answer);
    const { log, settings } = this.#context;
    for (const [datum, { message }] of Object.entries(refused)) log(`row ${this.#update.rowId} of ${settings.listId}: Mailchimp refused ${datum}${message && `: ${withoutAddresses(message)}`}; the rest goes without it`);
    const ended = this.#ended({ state: 'failed', failReason: 'data_refused', answer });
    return this.#rewrite(ended, (row) => ({ ...row, memory: { ...row.memory, dataRefused: { ...row.memory.dataRefused, ...refused } } }), 'failed');
  }

  async addressRefused(answer: string): Promise<Settled> {
    const { email } = this.#update.ask;
    const ended = this.#ended({ state: 'failed', failReason: 'address', answer });
    return this.#rewrite(ended, (row) => ({ ...row, failReason: 'address', memory: { ...row.memory, ...(email && { renameRefused: email }) } }), 'failed');
  }

  async missing(answer: string): Promise<Settled> {
    const row = await this.#row();
    if (!row) return this.#end({ state: 'failed', answer }, 'anew');
    await this.#readMember(row, { state: 'failed', answer }, (seen) => seen);
    return 'anew';
  }

  /** Surely not done: decided anew. */
  async notDone(): Promise<Settled> {
    return this.#rewrite(this.#ended({ state: 'superseded', sentAt: null }), (row) => row, 'anew');
  }

  /** The answer to tags shows no member: what was sent is what is there now, and that `last_changed` moved by it says nothing [again]. */
  #withTags(row: Row): Row {
    const { ask, sentAt } = this.#update;
    const known = row.member?.tags;
    if (!row.member) return row;
    const member = known ? { ...row.member, tags: [...known.filter((name) => !ask.tags?.remove.some((gone) => isSameTag(gone, name))), ...(ask.tags?.add ?? []).filter((name) => !known.some((there) => isSameTag(there, name)))] } : row.member;
    const { clock, mailchimp } = this.#context;
    const offset = mailchimp.clockOffset();
    return { ...row, member, memory: { ...row.memory, tagged: { since: (sentAt ?? clock.now()) + offset - TOLERANCE, at: clock.now() + offset + TOLERANCE } } };
  }

  async #row(): Promise<Row | undefined> {
    const { rowId } = this.#update;
    return rowId === null ? undefined : (await this.#context.store.rowsById(this.#context.settings.listId, [rowId]))[0];
  }

  #ended(set: UpdateSet): UpdateChange {
    return endedUpdate(this.#context, this.#update, set);
  }

  async #end(set: UpdateSet, settled: Settled): Promise<Settled> {
    await this.#context.store.commit(this.#context.settings.listId, [{ updates: [this.#ended(set)] }], commitOptions(this.#context));
    return settled;
  }

  /** Ends the update and leaves its row `todo`, read again when somebody else writes it meanwhile. */
  async #rewrite(ended: UpdateChange, change: (row: Row) => Row, settled: Settled): Promise<Settled> {
    const { store, settings } = this.#context;
    for (;;) {
      const row = await this.#row();
      const unit = row
        ? { rows: [{ kind: 'write' as const, row: { ...change(row), syncStatus: 'todo' as const } }], updates: [ended], ignoreClaims: true }
        : { updates: [ended] };
      const [outcome] = await store.commit(settings.listId, [unit], commitOptions(this.#context));
      if (outcome?.kind === 'done') return settled;
      const [update] = await store.updatesById([this.#update.id]);
      if (update?.state !== 'sending' && update?.state !== 'submitted') return settled; // settled by another meanwhile
    }
  }

  async #readMember(row: Row, set: UpdateSet, remember: (seen: Row) => Row): Promise<void> {
    await lookAtMember(this.#context, this.#audience, row, { updates: [this.#ended(set)], remember: (seen) => remember({ ...seen, syncStatus: 'todo' }) }, this.#signal);
  }

  #provenNo(row: Row): Word | undefined {
    const word = row.memory.status;
    if (!row.member || !word || isSubscribed(row.member.status)) return undefined;
    const { lastChanged } = row.member;
    return { value: false, since: Math.min(word.since, lastChanged), at: word.value ? lastChanged : Math.max(word.at, lastChanged), source: 'mailchimp' };
  }
}

const endedUpdate = ({ clock }: AudienceContext, update: MailchimpUpdate, set: UpdateSet): UpdateChange => ({
  kind: 'write',
  id: update.id,
  from: ['sending', 'submitted'],
  set: { ...set, endedAt: clock.now() },
});

/** An answer older than the cache never overwrites it; nor does one of the same second with other facts [samesecond]. */
function isNewer(row: Row, member: Member): boolean {
  if (!memberIsPresent(row.member) || member.lastChanged > row.member.lastChanged) return true;
  return member.lastChanged === row.member.lastChanged && shows(row, row.member, member);
}

function shows(row: Row, known: MemberFacts, member: Member): boolean {
  const interests = Object.fromEntries(Object.keys(known.interests).map((interest) => [interest, member.interests[interest as InterestId] ?? false]));
  return member.email === row.email && sameFacts(known, { ...member, interests });
}

/** The row takes what the answer shows, as the update's doing. */
const answerLook = (context: AudienceContext, row: Row, update: MailchimpUpdate, member: Member): Look => ({
  member,
  seenAt: Math.max(member.lastChanged, row.lookedAt ?? 0),
  rowId: row.id,
  answerOf: update,
  updates: [endedUpdate(context, update, { state: 'done', settledAs: member.lastChanged })],
  remember: (seen) => agreed({ ...seen, syncStatus: 'todo' }, update),
});

/** Names, data and the address that Mailchimp has taken are agreed on. */
function agreed(row: Row, update: MailchimpUpdate): Row {
  const { email } = update.ask;
  const { names } = namesAsked(update);
  return { ...row, agreedEmail: email ?? row.agreedEmail, hookData: withAgreed(row.hookData, update), memory: names ? { ...row.memory, names: { ...row.memory.names, ...names } } : row.memory };
}

function namesAsked({ ask: { firstName, lastName } }: MailchimpUpdate): Pick<NonNullable<RowMemory['refused']>, 'names'> {
  const names = { ...(firstName !== undefined && { firstName }), ...(lastName !== undefined && { lastName }) };
  return Object.keys(names).length > 0 ? { names } : {};
}

const rangeOf = ({ since, at }: Word): { since: Instant; at: Instant } => ({ since, at });
