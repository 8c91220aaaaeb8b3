import { DAY, type Duration } from '../base/clock.ts';
import { SyncError, type ErrorCode } from '../base/errors.ts';
import type { RunId } from '../base/ids.ts';
import type { InboxEntry } from '../store/entities.ts';
import { Outage } from './outage.ts';
import { knowClocks } from './known-clocks.ts';
import { recover } from './recover.ts';
import type { RowsSynced } from './sync-rows.ts';
import type { AudienceContext, Counts } from './stage.ts';
import { handleWebhook, isOwnUnsubscribe } from './webhooks/handle-webhook.ts';
import { chainsOf } from './webhooks/chains.ts';

/** Entries looked at in one go. */
const ENTRIES = 100;
/** So many people at the same time in a flood; a handful goes one after the other. */
const LANES = 4;
const FLOOD = 20;
/** An entry whose row keeps being somebody else's is left to the next run after so many times: the row is `todo` by then. */
const ATTEMPTS = 5;
/** So many entries beyond the limits show that there is no room. */
const TRIED = 5;
/** An entry that ends in an error each time is given up when it is as old: a full run sees what it told. */
const GIVEN_UP: Duration = DAY;
/** What was handled is remembered for so long: repeats come within 75 minutes (facts/mailchimp.md), and it is people's data. */
const REMEMBERED: Duration = 30 * DAY;

/**
 * Handles what waits in an audience's inbox, for each person in order of `fired_at`. An error that all would meet (a
 * service that does not answer) ends it; one of a single entry leaves that one waiting, and is thrown when the others are
 * done. What would change more people than the limits allow waits as well (algorithm.md, "The brake"). While the audience
 * is disabled it rests.
 * @param by an approval of what waits; null: the limits hold
 */
export async function handleInbox(context: AudienceContext, by: RunId | null, signal?: AbortSignal): Promise<Counts> {
  const { store, settings, clock } = context;
  if (!settings.enabled) return { handled: 0, waiting: await store.countUnhandled(settings.listId) };
  const inbox = new Inbox(context, by, signal);
  for (let first = true; ; first = false) {
    const entries = (await store.unhandled(settings.listId, ENTRIES + inbox.left.size)).filter((entry) => !inbox.left.has(entry.id));
    if (entries.length === 0) return inbox.finish();
    if (first) {
      await knowClocks(context, signal);
      await recover(context, signal);
      await store.forgetHandled(settings.listId, clock.now() - REMEMBERED);
    }
    await inbox.handleAll(entries);
  }
}

/** What all entries would meet. */
const OF_ALL: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'aborted',
  'civicrm_missing',
  'civicrm_unauthorized',
  'civicrm_unreachable',
  'mailchimp_overloaded',
  'mailchimp_unauthorized',
  'mailchimp_unreachable',
  'store_corrupt',
  'store_full',
  'store_unavailable',
]);

const attemptsOf = (chain: readonly InboxEntry[]): number => Math.max(...chain.map(({ attempts }) => attempts));

class Inbox {
  readonly #context: AudienceContext;
  readonly #by: RunId | null;
  readonly #signal: AbortSignal | undefined;
  /** Entries that stay, by id. */
  readonly left = new Set<number>();
  readonly #failures: unknown[] = [];
  readonly #outage = new Outage();
  /** Entries of which a service could not tell. */
  readonly #unreachable: InboxEntry[] = [];
  #handled = 0;
  #beyond = 0;

  constructor(context: AudienceContext, by: RunId | null, signal: AbortSignal | undefined) {
    this.#context = context;
    this.#by = by;
    this.#signal = signal;
  }

  /** Throws what went wrong with single entries. A service that told of others, and not of one for a day, will not: that one is given up. */
  async finish(): Promise<Counts> {
    for (const entry of this.#handled > 0 ? this.#unreachable : []) if (this.#isOld(entry)) await this.#context.store.settleInbox(entry.id, this.#context.clock.now());
    if (this.#failures.length > 0) throw this.#failures[0];
    this.#outage.throwFailure();
    return { handled: this.#handled, waiting: this.left.size, ...(this.#beyond > 0 && { beyondLimits: this.#beyond }) };
  }

  /** What concerns the same addresses goes in order, first what has failed least; an error of all stops every lane. */
  async handleAll(entries: readonly InboxEntry[]): Promise<void> {
    const chains = chainsOf(entries).toSorted((one, other) => attemptsOf(one) - attemptsOf(other));
    const lane = async (): Promise<void> => {
      try {
        for (let chain = chains.shift(); chain; chain = chains.shift()) for (const entry of chain) await this.#handle(entry);
      } catch (error) {
        chains.length = 0;
        throw error;
      }
    };
    const lanes = Array.from({ length: entries.length > FLOOD ? LANES : 1 }, lane);
    const failed = (await Promise.allSettled(lanes)).find((each) => each.status === 'rejected');
    if (failed) throw failed.reason;
  }

  async #handle(entry: InboxEntry): Promise<void> {
    this.#signal?.throwIfAborted();
    const done = this.#hasToWait(entry) ? this.#waits() : await this.#attempt(entry);
    await this.#context.store.settleInbox(entry.id, done ? this.#context.clock.now() : null);
    if (done) this.#handled += 1;
    else this.left.add(entry.id);
  }

  /** Where some were beyond the limits, those that were so before are not tried. */
  #hasToWait(entry: InboxEntry): boolean {
    return this.#by === null && this.#beyond >= TRIED && entry.attempts > 0 && !isOwnUnsubscribe(entry);
  }

  #waits(): false {
    this.#beyond += 1;
    return false;
  }

  /** Whether the entry is done with. */
  async #attempt(entry: InboxEntry): Promise<boolean> {
    try {
      let synced: RowsSynced = 'left';
      const reached = await this.#outage.reached(async () => {
        synced = await handleWebhook(this.#context, entry, this.#by, this.#signal);
      });
      if (!reached) this.#unreachable.push(entry);
      switch (synced as RowsSynced) {
        case 'beyond':
          return this.#waits();
        case 'done':
          return true;
        case 'left':
          return reached && entry.attempts + 1 >= ATTEMPTS;
      }
    } catch (error) {
      if (this.#signal?.aborted || (error instanceof SyncError && OF_ALL.has(error.code))) throw error;
      this.#failures.push(error);
      return this.#isOld(entry);
    }
  }

  #isOld(entry: InboxEntry): boolean {
    return this.#context.clock.now() - entry.receivedAt >= GIVEN_UP;
  }
}
