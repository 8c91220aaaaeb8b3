import { createHmac } from 'node:crypto';
import type { Account } from './account.ts';
import type { Audience } from './audience.ts';
import { firedAtText, MINUTE, SECOND } from './instants.ts';
import type { BatchWebhookRecord, DeliveryRecord, ListWebhookRecord, WebhookEvent, WebhookSource } from './records.ts';
import type { Form } from './webhook-forms.ts';

/** One POST of a webhook, as it goes out. */
export interface WebhookPost {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Form-encoded. */
  readonly body: string;
}

export type Deliver = (post: WebhookPost) => Promise<number>;

/** Three retries at growing intervals, 75 minutes in all (developer guide and release note of 2021-04-05). */
const retryDelays: readonly number[] = [5 * MINUTE, 20 * MINUTE, 50 * MINUTE];
/** "Excessive or unresponsive" webhooks are disabled (developer guide); the number is assumed. */
const failuresBeforeDisabling = 10;
/** Deliveries that are done with are kept so that a test can repeat them. */
const keptDeliveries = 1000;
const deliveriesAtOnce = 10;

/** Fired webhooks on their way to their receivers: at least once, without an id of their own. */
export class WebhookQueue {
  readonly #account: Account;
  readonly #deliver: Deliver;
  #delivering: Promise<void> | null = null;

  constructor(account: Account, deliver: Deliver) {
    this.#account = account;
    this.#deliver = deliver;
  }

  /** Queues an event for the audience's webhooks that ask for its type and its source. */
  fire(audience: Audience, source: WebhookSource, type: WebhookEvent, form: Form): void {
    for (const webhook of audience.list.webhooks) {
      if (webhook.enabled && webhook.events[type] && webhook.sources[source]) {
        this.#queue(webhook, audience.list.id, type, form);
      }
    }
  }

  /** Queues the end of a batch for the account's batch webhooks. */
  fireBatch(form: Form): void {
    for (const webhook of this.#account.state.batchWebhooks) {
      if (webhook.enabled) this.#queue(webhook, null, 'batch_operation_completed', form);
    }
  }

  /** Batch events that wait for their receiver; they count against the account's pending batches. */
  undeliveredBatchEvents(): number {
    return this.#account.state.deliveries.filter(({ state, listId }) => state === 'waiting' && listId === null).length;
  }

  /** Sends what is due, in the order of the queue, some at once; a call while one is under way joins it. */
  deliverDue(): Promise<void> {
    this.#delivering ??= this.#deliverDue().finally(() => {
      this.#delivering = null;
    });
    return this.#delivering;
  }

  async #deliverDue(): Promise<void> {
    const now = this.#account.clock.now();
    const due = this.#account.state.deliveries.filter((one) => one.state === 'waiting' && one.nextAttempt <= now);
    for (let from = 0; from < due.length; from += deliveriesAtOnce) {
      await Promise.all(due.slice(from, from + deliveriesAtOnce).map((delivery) => this.attempt(delivery)));
    }
    this.#forgetOld();
  }

  /** Sends one delivery once and books the answer. Resolves to the status, 0 when there was none. */
  async attempt(delivery: DeliveryRecord): Promise<number> {
    const webhook = this.#webhookOf(delivery);
    if (webhook === undefined) {
      delivery.state = 'lost';
      return 0;
    }
    const status = await this.#post(delivery, webhook);
    delivery.attempts++;
    if (status >= 200 && status < 300) {
      delivery.state = 'delivered';
      webhook.failedInARow = 0;
    } else if (status === 410) {
      delivery.state = 'given-up';
      webhook.enabled = false;
    } else {
      this.#bookFailure(delivery, webhook);
    }
    return status;
  }

  #bookFailure(delivery: DeliveryRecord, webhook: ListWebhookRecord | BatchWebhookRecord): void {
    const delay = retryDelays[delivery.attempts - 1];
    if (delay !== undefined) {
      delivery.nextAttempt = this.#account.clock.now() + delay;
      return;
    }
    delivery.state = 'given-up';
    webhook.failedInARow++;
    if (webhook.failedInARow >= failuresBeforeDisabling) webhook.enabled = false;
  }

  #queue(webhook: ListWebhookRecord | BatchWebhookRecord, listId: string | null, type: string, form: Form): void {
    const firedAt = this.#account.now();
    this.#account.state.deliveries.push({
      id: this.#account.nextDeliveryId(),
      webhookId: webhook.id,
      listId,
      url: webhook.url,
      type,
      firedAt,
      form: [['type', type], ['fired_at', firedAtText(firedAt)], ...form],
      attempts: 0,
      nextAttempt: firedAt,
      state: 'waiting',
    });
  }

  async #post(delivery: DeliveryRecord, webhook: ListWebhookRecord | BatchWebhookRecord): Promise<number> {
    const body = new URLSearchParams(delivery.form).toString();
    const secret = 'signingSecret' in webhook ? webhook.signingSecret : null;
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      'user-agent': 'MailChimp',
      ...(secret === null ? {} : { 'x-mailchimp-signature': this.#signature(secret, body) }),
    };
    try {
      return await this.#deliver({ url: delivery.url, headers, body });
    } catch {
      return 0;
    }
  }

  /** Documented, not seen: `t={unix},v1={HMAC-SHA256 of "t.body"}`. */
  #signature(secret: string, body: string): string {
    const stamp = Math.floor(this.#account.clock.now() / SECOND);
    return `t=${stamp},v1=${createHmac('sha256', secret).update(`${stamp}.${body}`).digest('hex')}`;
  }

  #webhookOf(delivery: DeliveryRecord): ListWebhookRecord | BatchWebhookRecord | undefined {
    const webhooks =
      delivery.listId === null
        ? this.#account.state.batchWebhooks
        : (this.#account.audience(delivery.listId)?.list.webhooks ?? []);
    return webhooks.find(({ id }) => id === delivery.webhookId);
  }

  #forgetOld(): void {
    const { deliveries } = this.#account.state;
    let surplus = deliveries.filter(({ state }) => state !== 'waiting').length - keptDeliveries;
    if (surplus <= 0) return;
    this.#account.state.deliveries = deliveries.filter(({ state }) => state === 'waiting' || surplus-- <= 0);
  }
}
