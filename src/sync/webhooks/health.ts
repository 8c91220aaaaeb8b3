import { HOUR, MINUTE, type Clock, type Duration, type Instant } from '../../base/clock.ts';
import type { ListId } from '../../base/ids.ts';
import type { AudienceSettings } from '../../settings/settings.ts';
import type { WebhookProblem } from './registration.ts';

/** A webhook usually comes within seconds; one that was refused or not answered is repeated over 75 minutes (facts/mailchimp.md). */
const GRACE: Duration = 10 * MINUTE;
const SILENCE: Duration = 90 * MINUTE;
/** The registration is looked at no oftener. */
const BETWEEN_CHECKS: Duration = HOUR;

/** How an audience's webhooks do, since this engine began. */
export interface WebhookStatus {
  /** Whether the settings say where they are to come: without that, changes are seen by fetching only. */
  readonly expected: boolean;
  /** When the last one was taken in; null: none yet. */
  readonly heardAt: Instant | null;
  /** When their registration at Mailchimp was last looked at; null: never yet. */
  readonly checkedAt: Instant | null;
  readonly problems: readonly WebhookProblem[];
  /** The same of the account's batch webhook. */
  readonly batchProblems: readonly WebhookProblem[];
}

/** What a look at the registration found. */
export interface Found {
  readonly list: readonly WebhookProblem[];
  readonly batch: readonly WebhookProblem[];
}

interface Heartbeat {
  heardAt: Instant | null;
  refusedAt: Instant | null;
  /** Signed, and the secret is not known. */
  secretUnknown: boolean;
  /** The first change by others of which no webhook told. */
  unheardSince: Instant | null;
  checkedAt: Instant | null;
  found: Found;
}

/**
 * The heartbeat of webhooks. When people change at Mailchimp by others than us and no webhook comes, their registration is
 * to be looked at. It lives as long as the engine: what changed before, a webhook may have told of to another one.
 */
export class WebhookHealth {
  readonly #clock: Clock;
  readonly #since: Instant;
  readonly #beats = new Map<ListId, Heartbeat>();

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#since = clock.now();
  }

  /** A webhook came. `signed_in_vain`: it was let in, with a signature that cannot be checked. */
  heard(listId: ListId, outcome: 'let_in' | 'signed_in_vain' | 'refused'): void {
    const beat = this.#of(listId);
    if (outcome === 'refused') {
      beat.refusedAt = this.#clock.now();
      return;
    }
    Object.assign(beat, { heardAt: this.#clock.now(), refusedAt: null, unheardSince: null, secretUnknown: outcome === 'signed_in_vain' } satisfies Partial<Heartbeat>);
  }

  /** Somebody was changed at Mailchimp by others than us. @param at by our clock */
  changed(listId: ListId, at: Instant): void {
    const beat = this.#of(listId);
    if (at > Math.max(this.#since, beat.heardAt ?? 0)) beat.unheardSince = Math.min(at, beat.unheardSince ?? at);
  }

  /** Whether it is time to look at the registration. */
  isDue({ listId, webhookUrl }: AudienceSettings): boolean {
    const { unheardSince, checkedAt } = this.#of(listId);
    const now = this.#clock.now();
    return webhookUrl !== null && unheardSince !== null && now - unheardSince >= GRACE && (checkedAt === null || now - checkedAt >= BETWEEN_CHECKS);
  }

  /** What the last look found. */
  found(listId: ListId): Found {
    return this.#of(listId).found;
  }

  checked(listId: ListId, found: Found): void {
    Object.assign(this.#of(listId), { checkedAt: this.#clock.now(), found });
  }

  /** The webhook was made anew: what was wrong with it before counts no longer. */
  renewed(listId: ListId): void {
    Object.assign(this.#of(listId), { refusedAt: null, secretUnknown: false, unheardSince: null } satisfies Partial<Heartbeat>);
  }

  status({ listId, webhookUrl }: AudienceSettings): WebhookStatus {
    const { heardAt, checkedAt, found } = this.#of(listId);
    return { expected: webhookUrl !== null, heardAt, checkedAt, problems: [...found.list, ...this.behaviour(listId, found.list)], batchProblems: found.batch };
  }

  /** What is wrong although the registration looks right: Mailchimp does not tell that it has disabled a webhook. */
  behaviour(listId: ListId, registration: readonly WebhookProblem[]): readonly WebhookProblem[] {
    const { unheardSince, refusedAt, secretUnknown, checkedAt } = this.#of(listId);
    const silent = registration.length === 0 && checkedAt !== null && unheardSince !== null && this.#clock.now() - unheardSince >= SILENCE;
    return [...(refusedAt !== null ? (['refused'] as const) : []), ...(silent && refusedAt === null ? (['silent'] as const) : []), ...(secretUnknown ? (['secret_unknown'] as const) : [])];
  }

  #of(listId: ListId): Heartbeat {
    let beat = this.#beats.get(listId);
    if (!beat) {
      beat = { heardAt: null, refusedAt: null, secretUnknown: false, unheardSince: null, checkedAt: null, found: { list: [], batch: [] } };
      this.#beats.set(listId, beat);
    }
    return beat;
  }
}
