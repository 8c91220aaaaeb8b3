import type { Account } from './account.ts';
import type { Audience } from './audience.ts';
import type { DeliveryRecord } from './records.ts';
import { campaignForm } from './webhook-forms.ts';
import type { WebhookQueue } from './webhook-queue.ts';

/** A test's hand on the webhooks: in manual mode nothing goes out by itself. */
export class WebhookControl {
  readonly #account: Account;
  readonly #queue: WebhookQueue;

  constructor(account: Account, queue: WebhookQueue) {
    this.#account = account;
    this.#queue = queue;
  }

  get manual(): boolean {
    return this.#account.state.manualWebhooks;
  }

  set manual(manual: boolean) {
    this.#account.state.manualWebhooks = manual;
  }

  /** Those that wait, in the order in which they would go out. */
  waiting(): readonly DeliveryRecord[] {
    return this.#account.state.deliveries.filter(({ state }) => state === 'waiting');
  }

  /** All that are remembered, those that are done with too. */
  all(): readonly DeliveryRecord[] {
    return this.#account.state.deliveries;
  }

  /** Sends one now, due or not. Resolves to the status of the answer, 0 when there was none. */
  deliver(id: number): Promise<number> {
    return this.#queue.attempt(this.#find(id));
  }

  /** Sends all that are due, in their order. */
  deliverDue(): Promise<void> {
    return this.#queue.deliverDue();
  }

  /** Never sends it. */
  lose(id: number): void {
    this.#find(id).state = 'lost';
  }

  /** Queues the same once more, with the same `fired_at`: Mailchimp promises at least once. Returns the new id. */
  repeat(id: number): number {
    const original = this.#find(id);
    const copy: DeliveryRecord = {
      ...original,
      id: this.#account.nextDeliveryId(),
      attempts: 0,
      nextAttempt: this.#account.now(),
      state: 'waiting',
    };
    this.#account.state.deliveries.push(copy);
    return copy.id;
  }

  /** Puts the named ones first, in this order; the others follow as they were. */
  reorder(ids: readonly number[]): void {
    const first = ids.map((id) => this.#find(id));
    const others = this.#account.state.deliveries.filter((delivery) => !first.includes(delivery));
    this.#account.state.deliveries = [...first, ...others];
  }

  /** A campaign was sent: an event that the sync is to ignore. */
  fireCampaign(listId: string, campaignId: string, subject: string): void {
    const audience: Audience = this.#account.requireAudience(listId);
    this.#queue.fire(audience, 'admin', 'campaign', campaignForm(audience, campaignId, subject));
  }

  #find(id: number): DeliveryRecord {
    const delivery = this.#account.state.deliveries.find((one) => one.id === id);
    if (delivery === undefined) throw new Error(`The simulated Mailchimp remembers no webhook delivery ${id}.`);
    return delivery;
  }
}
