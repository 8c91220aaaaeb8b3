import type { SimulatorClock } from '../clock.ts';
import { Audience } from './audience.ts';
import { wholeSecond } from './instants.ts';
import type { ListRecord, MailchimpState } from './records.ts';

/** One simulated Mailchimp account: its state, its clock and its source of chance, shared by all parts. */
export class Account {
  readonly clock: SimulatorClock;
  readonly #random: () => number;
  #state: MailchimpState;
  #audiences: Map<string, Audience>;

  constructor(clock: SimulatorClock, random: () => number) {
    this.clock = clock;
    this.#random = random;
    this.#state = this.#empty();
    this.#audiences = new Map();
  }

  get state(): MailchimpState {
    return this.#state;
  }

  load(state: MailchimpState): void {
    this.#state = state;
    this.#audiences = new Map(state.lists.map((list) => [list.id, new Audience(this, list)]));
  }

  /** Now, cut to the second: the finest that Mailchimp stores. */
  now(): number {
    return wholeSecond(this.clock.now());
  }

  audience(listId: string): Audience | undefined {
    return this.#audiences.get(listId);
  }

  /** The audience of an act or a test. Throws when there is none: the test is wrong. */
  requireAudience(listId: string): Audience {
    const audience = this.#audiences.get(listId);
    if (audience === undefined) throw new Error(`The simulated Mailchimp has no audience ${listId}; create it first.`);
    return audience;
  }

  addList(list: ListRecord): Audience {
    if (this.#audiences.has(list.id)) throw new Error(`The simulated Mailchimp has an audience ${list.id} already.`);
    const audience = new Audience(this, list);
    this.#state.lists.push(list);
    this.#audiences.set(list.id, audience);
    return audience;
  }

  /** Lower-case hex digits by chance. */
  hex(digits: number): string {
    let text = '';
    while (text.length < digits) text += Math.floor(this.#random() * 0x1_0000).toString(16).padStart(4, '0');
    return text.slice(0, digits);
  }

  /** A whole number from 0 up to, not including, `below`. */
  chance(below: number): number {
    return Math.floor(this.#random() * below);
  }

  /** A new array in an order by chance. */
  shuffled<Item>(items: readonly Item[]): Item[] {
    const keyed = items.map((item) => ({ item, key: this.#random() }));
    return keyed.sort((one, other) => one.key - other.key).map(({ item }) => item);
  }

  nextWebId(): number {
    return this.#state.nextWebId++;
  }

  nextTagId(): number {
    return this.#state.nextTagId++;
  }

  nextDeliveryId(): number {
    return this.#state.nextDeliveryId++;
  }

  #empty(): MailchimpState {
    return {
      version: 1,
      account: {
        accountId: this.hex(24),
        name: 'Example Org',
        username: 'example',
        email: 'services.mailchimp@example.org',
        firstName: 'Wilma',
        lastName: 'McMailchimpAccountOwner',
        memberSince: this.now(),
      },
      language: 'en',
      lists: [],
      batches: [],
      batchWebhooks: [],
      deliveries: [],
      nextWebId: 100_001,
      nextTagId: 4001,
      nextDeliveryId: 1,
      urlSecret: this.hex(32),
      manualBatches: false,
      manualWebhooks: false,
    };
  }
}
