import { MINUTE, SECOND, type Duration, type Instant } from '../../base/clock.ts';
import type { EmailAddress, RunId } from '../../base/ids.ts';
import { emailAddress } from '../../base/ids.ts';
import type { Member } from '../../mailchimp/api.ts';
import type { AudienceState, InboxEntry, Row } from '../../store/entities.ts';
import type { UpdateChange } from '../../store/store.ts';
import { isWaiting } from '../claims.ts';
import { clockDifference } from '../clock-difference.ts';
import { commitOptions, rewriteRows } from '../commit.ts';
import type { AudienceContext } from '../stage.ts';
import { syncRows, type RowsSynced } from '../sync-rows.ts';
import { takeLooks, type Look } from '../take-looks.ts';
import { hearWebhook, isEcho } from '../webhook-word.ts';
import { WordOrder } from '../words.ts';

/**
 * Handles one webhook (algorithm.md, "Webhooks"): its word is heard, the member read for the state, and the people concerned
 * are synced at once, as far as the brake lets them: a person's own unsubscribe it never holds up.
 * @param by an approval of what waits; null: the limits hold
 */
export const handleWebhook = (context: AudienceContext, entry: InboxEntry, by: RunId | null, signal?: AbortSignal): Promise<RowsSynced> => new Handling(context, entry, by, signal).run();

/** Unsubscribed by the person, not by an administrator or the API (facts/mailchimp.md). */
export const isOwnUnsubscribe = ({ type, payload }: InboxEntry): boolean => type === 'unsubscribe' && payload['action'] === 'unsub';

/** What the second of `fired_at` and the clocks may be off. */
const TOLERANCE: Duration = 2 * SECOND;

/** A webhook may be fired so long after the change that it tells of. */
const DELAY: Duration = 10 * MINUTE;

class Handling {
  readonly #context: AudienceContext;
  readonly #entry: InboxEntry;
  readonly #by: RunId | null;
  readonly #signal: AbortSignal | undefined;
  readonly #order: WordOrder;
  #firedAt: Instant;

  constructor(context: AudienceContext, entry: InboxEntry, by: RunId | null, signal: AbortSignal | undefined) {
    this.#context = context;
    this.#entry = entry;
    this.#by = by;
    this.#signal = signal;
    this.#order = new WordOrder(clockDifference(context));
    this.#firedAt = entry.firedAt;
  }

  async run(): Promise<RowsSynced> {
    const { email } = this.#entry;
    if (email === null) return 'done';
    await this.#notLaterThanNow(email);
    const audience = await this.#context.store.audience(this.#context.settings.listId);
    const row = await this.#rowConcerned(email);
    if (row && this.#isNo()) await this.#hearNo(row);
    await this.#look(audience, email, row);
    const rows = [...(await this.#rowsAt(email)), ...(row ? await this.#context.store.rowsById(this.#context.settings.listId, [row.id]) : [])];
    // A `profile` carries the person's own word on the names.
    return syncRows(this.#context, [...new Map(rows.map((each) => [each.id, each])).values()], {
      withData: this.#entry.type === 'profile',
      isLimited: this.#by === null && !isOwnUnsubscribe(this.#entry),
      by: this.#by,
      signal: this.#signal,
    });
  }

  /** A word of the future would go before everything that people say until then: it was said now at the latest, by Mailchimp's clock. */
  async #notLaterThanNow(email: EmailAddress): Promise<void> {
    const { mailchimp, settings, clock } = this.#context;
    const now = (): Instant => clock.now() + mailchimp.clockOffset();
    if (this.#firedAt <= now() + TOLERANCE) return;
    await mailchimp.member(settings.listId, email, this.#signal); // shows its clock
    if (this.#firedAt > now() + TOLERANCE) this.#firedAt = now();
  }

  #isNo(): boolean {
    return this.#entry.type === 'unsubscribe' || this.#entry.type === 'cleaned';
  }

  get #oldEmail(): EmailAddress | null {
    const { oldEmail } = this.#entry.payload;
    return typeof oldEmail === 'string' ? emailAddress(oldEmail) : null;
  }

  #rowsAt(email: EmailAddress): Promise<readonly Row[]> {
    return this.#context.store.rowsByEmail(this.#context.settings.listId, [email]);
  }

  /** The row at the address; for an unsubscribe also one that had that address when it was fired [former]. */
  async #rowConcerned(email: EmailAddress): Promise<Row | undefined> {
    const old = this.#oldEmail;
    const [row] = [...(old ? await this.#rowsAt(old) : []), ...(await this.#rowsAt(email))];
    if (row || !this.#isNo()) return row;
    const former = await this.#context.store.rowsByFormerEmail(this.#context.settings.listId, email);
    return former.find((each) => each.memory.former?.some((had) => had.email === email && this.#firedAt <= had.until));
  }

  /** An unsubscribe always counts; what is queued and not yet sent for the row is aborted. */
  async #hearNo(row: Row): Promise<void> {
    const { store, settings, clock } = this.#context;
    const open = await store.openUpdates(settings.listId, [row.id], []);
    const aborted = open
      .filter((update) => update.side === 'mailchimp' && isWaiting(update))
      .map((update): UpdateChange => ({ kind: 'write', id: update.id, from: ['planned', 'queued'], set: { state: 'aborted', endedAt: clock.now() } }));
    await rewriteRows(this.#context, [row], async (again) => again.map((each) => ({ rows: [{ kind: 'write', row: hearWebhook(each, false, this.#firedAt, this.#order) }] })));
    if (aborted.length > 0) await store.commit(settings.listId, aborted.map((change) => ({ updates: [change] })), commitOptions(this.#context));
  }

  /** The member is read for the state; the one now at the address may be another: its `contact_id` says whose word a yes is, and who is gone [hookid, gonebyid]. */
  async #look(audience: AudienceState, email: EmailAddress, row: Row | undefined): Promise<void> {
    const { mailchimp, settings } = this.#context;
    let { value: member, servedAt } = await mailchimp.member(settings.listId, email, this.#signal);
    const known = row?.member ? row.memberContactId : null;
    const asksForOwn = known !== null && member?.contactId !== known && this.#entry.type !== 'subscribe';
    if (asksForOwn) {
      const own = await mailchimp.member(settings.listId, known, this.#signal);
      member = own.value ?? member;
      servedAt = own.servedAt;
    }
    if (member) {
      return this.#take(audience, { member, seenAt: servedAt, remember: decidedAnew, ...(await this.#yes(member)), ...(await this.#renamed(member, row)) });
    }
    if (!row || row.email !== email || known === null) return;
    const own = asksForOwn ? null : (await mailchimp.member(settings.listId, known, this.#signal)).value;
    await this.#take(audience, { member: own, seenAt: servedAt, rowId: row.id });
  }

  /** An `upemail` of a row that has not seen its member's `contact_id` yet, nor has another. */
  async #renamed(member: Member, row: Row | undefined): Promise<Pick<Look, 'rowId'>> {
    if (this.#entry.type !== 'upemail' || !row || row.memberContactId !== null) return {};
    const seen = await this.#context.store.rowsByMember(this.#context.settings.listId, [member.contactId]);
    return seen.length === 0 ? { rowId: row.id } : {};
  }

  /**
   * A `subscribe` counts for the member now at its address, not when it only reports what we asked for, nor while the
   * member is pending, nor when it changed at no such time: that one is not of Mailchimp.
   */
  async #yes(member: Member): Promise<Pick<Look, 'hear'>> {
    const { store, settings, mailchimp } = this.#context;
    if (this.#entry.type !== 'subscribe' || member.status === 'pending' || this.#firedAt > member.lastChanged + DELAY) return {};
    const [row] = [...(await store.rowsByMember(settings.listId, [member.contactId])), ...(await this.#rowsAt(member.email))];
    if (!row || row.member === null) return {};
    const open = await store.openUpdates(settings.listId, [row.id], row.email ? [row.email] : []);
    const updates = [...open, ...(await store.updatesOfRows(settings.listId, [row.id], 0))];
    if (isEcho(updates, this.#firedAt, mailchimp.clockOffset())) return {};
    return { hear: (each) => hearWebhook(each, true, this.#firedAt, this.#order) };
  }

  async #take(audience: AudienceState, look: Look): Promise<void> {
    await takeLooks(this.#context, [look], { audience, signal: this.#signal });
  }
}

const decidedAnew = (seen: Row): Row => ({ ...seen, syncStatus: 'todo' });
