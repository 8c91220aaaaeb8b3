import type { SimulatorClock } from '../clock.ts';
import type { SimulatedFailure, SimulatedRequest, SimulatedResponse, SimulatedService } from '../service.ts';
import { Account } from './account.ts';
import { Administrators } from './administrators.ts';
import { Api } from './api.ts';
import { AudienceSetup } from './audience-setup.ts';
import { BatchControl } from './batch-control.ts';
import { BatchRunner } from './batch-runner.ts';
import { allRoutes } from './endpoints/all.ts';
import { Faults } from './faults.ts';
import { FrontDoor } from './front-door.ts';
import { importMembers, type ImportedMember } from './member-import.ts';
import { MemberWriter } from './member-write.ts';
import { People } from './people.ts';
import type { MailchimpState } from './records.ts';
import type { LoggedRequest } from './request-log.ts';
import { WebhookControl } from './webhook-control.ts';
import { WebhookQueue, type Deliver } from './webhook-queue.ts';
import type { Validate } from './endpoints/webhooks.ts';

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
  readonly deliver?: Deliver;
  /** GETs the URL of a new webhook and tells the status; throws when there is none. Without it all answer 200. */
  readonly validate?: Validate;
  /** Refuses parameters and fields that the real service does not know, to find slips of the product. Default true. */
  readonly strict?: boolean;
}

/** A faithful, strict local Mailchimp Marketing API 3.0: `docs/reference/simulated-mailchimp.md` says what from where. */
export class MailchimpSimulator implements SimulatedService {
  readonly people: People;
  readonly administrators: Administrators;
  readonly setup: AudienceSetup;
  readonly webhooks: WebhookControl;
  readonly batches: BatchControl;
  readonly faults = new Faults();
  readonly #account: Account;
  readonly #queue: WebhookQueue;
  readonly #runner: BatchRunner;
  readonly #door: FrontDoor;

  constructor(options: MailchimpSimulatorOptions) {
    const account = new Account(options.clock, options.random);
    const queue = new WebhookQueue(account, options.deliver ?? (() => Promise.resolve(200)));
    const runner = new BatchRunner(
      account,
      queue,
      ({ method, path, params, body }) => api.perform({ method, path, query: new URLSearchParams(params), body }),
      options.baseUrl,
    );
    const validate = options.validate ?? (() => Promise.resolve(200));
    const routes = allRoutes({ runner, queue, validate, writer: new MemberWriter(account, queue) });
    const api = new Api(account, routes, options.baseUrl, options.strict ?? true);
    this.#account = account;
    this.#queue = queue;
    this.#runner = runner;
    this.#door = new FrontDoor({
      api,
      runner,
      clock: options.clock,
      faults: this.faults,
      keys: [options.apiKey, ...(options.otherApiKeys ?? [])],
      baseUrl: options.baseUrl,
    });
    this.people = new People(account, queue);
    this.administrators = new Administrators(account, queue);
    this.setup = new AudienceSetup(account);
    this.webhooks = new WebhookControl(account, queue);
    this.batches = new BatchControl(account, runner);
  }

  /** The whole state, to look at. */
  get state(): MailchimpState {
    return this.#account.state;
  }

  /** Requests so far, refused ones too. */
  get requests(): number {
    return this.#door.log.count;
  }

  /** The latest requests, oldest first. */
  get log(): readonly LoggedRequest[] {
    return this.#door.log.latest();
  }

  handle(request: SimulatedRequest): Promise<SimulatedResponse | SimulatedFailure> {
    return this.#door.handle(request);
  }

  /** Adds members as they are, past all rules and without webhooks, for setting up. */
  importMembers(listId: string, members: readonly ImportedMember[]): void {
    importMembers(this.#account, listId, members);
  }

  /**
   * One step of what the service does by itself: batches in automatic mode run on, webhooks that are due go out unless
   * they are in manual mode. To be called again and again, e.g. every 50 ms, without waiting for the one before.
   */
  async work(): Promise<void> {
    await Promise.all([this.#runner.step(), this.#account.state.manualWebhooks ? null : this.#queue.deliverDue()]);
  }

  save(): MailchimpState {
    return this.#account.state;
  }

  /** Takes over a saved state; throws when it is none of this version. */
  load(state: unknown): void {
    if (typeof state !== 'object' || state === null || !('version' in state) || state.version !== 1) {
      throw new Error('The saved state is none of this simulated Mailchimp; delete it to begin afresh.');
    }
    this.#account.load(state as MailchimpState);
  }
}
