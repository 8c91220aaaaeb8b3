import type { SimulatorClock } from '../clock.ts';
import type { SimulatedFailure, SimulatedRequest, SimulatedResponse, SimulatedService } from '../service.ts';
import { Account } from './account.ts';
import type { MailchimpState } from './records.ts';

/** One POST of a webhook, as it goes out. */
export interface WebhookPost {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Form-encoded. */
  readonly body: string;
}

export interface MailchimpSimulatorOptions {
  readonly clock: SimulatorClock;
  /** Numbers from 0 up to 1, seeded, so that a run can be repeated. */
  readonly random: () => number;
  readonly apiKey: string;
  /** Further keys of the same user: they share its connections. */
  readonly otherApiKeys?: readonly string[];
  /** Where the API is reached, without `/3.0`, e.g. `http://127.0.0.1:8181`; used for links and URLs of results. */
  readonly baseUrl: () => string;
  /** Sends a webhook and tells the status of the answer; throws when there is none. Without it all arrive. */
  readonly deliver?: (post: WebhookPost) => Promise<number>;
  /** GETs the URL of a new webhook and tells the status; throws when there is none. Without it all answer 200. */
  readonly validate?: (url: string) => Promise<number>;
  /** Refuses parameters and fields that the real service does not know, to find slips of the product. Default true. */
  readonly strict?: boolean;
}

/** A faithful, strict local Mailchimp Marketing API 3.0: `docs/reference/simulated-mailchimp.md` says what from where. */
export class MailchimpSimulator implements SimulatedService {
  readonly #account: Account;

  constructor(options: MailchimpSimulatorOptions) {
    this.#account = new Account(options.clock, options.random);
  }

  get state(): MailchimpState {
    return this.#account.state;
  }

  handle(_request: SimulatedRequest): Promise<SimulatedResponse | SimulatedFailure> {
    return Promise.resolve({ status: 501, headers: {}, body: '' });
  }

  /** One step of what the service does by itself: batches that run, webhooks that are due. Call it often. */
  work(): Promise<void> {
    return Promise.resolve();
  }

  save(): MailchimpState {
    return this.#account.state;
  }

  load(state: unknown): void {
    this.#account.load(state as MailchimpState);
  }
}
