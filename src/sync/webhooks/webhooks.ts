import type { Clock, Instant } from '../../base/clock.ts';
import { codeOf } from '../../base/errors.ts';
import type { ListId } from '../../base/ids.ts';
import type { MailchimpApi } from '../../mailchimp/api.ts';
import type { AccountSettings, AudienceSettings, Settings } from '../../settings/settings.ts';
import type { Store } from '../../store/store.ts';
import type { WebhookAnswer, WebhookRequest } from '../engine.ts';
import { receiveWebhook, type Receiver } from '../receive-webhook.ts';
import { administerBatchWebhook, administerListWebhook, type KeepSecret, type WebhookAction, type WebhookReport } from './administer.ts';
import { WebhookHealth, type WebhookStatus } from './health.ts';
import type { WebhookProblem } from './registration.ts';
import { SigningSecrets } from './signing-secrets.ts';

interface WebhooksEnvironment {
  readonly settings: Settings;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: (text: string) => void;
  readonly mailchimp: (account: AccountSettings) => MailchimpApi;
}

export interface AdministerOptions {
  /** The audiences meant, with their accounts' batch webhooks; null: all. */
  readonly listIds: readonly ListId[] | null;
  /** Keeps the signing secrets that Mailchimp gives. Without it they are known until the engine closes. */
  readonly keepSecret?: KeepSecret;
  readonly signal?: AbortSignal;
}

/** The webhooks of an engine: taken in, watched, registered. */
export class Webhooks {
  readonly #environment: WebhooksEnvironment;
  readonly #signing: SigningSecrets;
  readonly #health: WebhookHealth;
  /** The problems that were told and have not gone since, by whose they are. */
  readonly #told = new Map<string, ReadonlySet<WebhookProblem>>();

  constructor(environment: WebhooksEnvironment) {
    this.#environment = environment;
    this.#signing = new SigningSecrets(environment.settings);
    this.#health = new WebhookHealth(environment.clock);
  }

  receive(request: WebhookRequest): Promise<WebhookAnswer> {
    const { settings, store, clock, log, mailchimp } = this.#environment;
    const receiver: Receiver = {
      settings,
      store,
      clock,
      log,
      signingSecret: (listId) => this.#signing.of(listId),
      mailchimpNow: ({ account }) => clock.now() + mailchimp(account).clockOffset(),
      heard: (audience, outcome) => {
        this.#health.heard(audience.listId, outcome);
        this.#tell(listWebhookOf(audience), this.status(audience).problems);
      },
    };
    return receiveWebhook(receiver, request);
  }

  async administer(action: WebhookAction, { listIds, keepSecret, signal }: AdministerOptions): Promise<readonly WebhookReport[]> {
    const { settings, mailchimp } = this.#environment;
    const audiences = [...settings.audiences.values()].filter(({ listId }) => listIds === null || listIds.includes(listId));
    const reports: WebhookReport[] = [];
    for (const audience of audiences) reports.push(await administerListWebhook(mailchimp(audience.account), audience, action, { health: this.#health, signing: this.#signing, keepSecret, signal }));
    for (const account of new Set(audiences.map((audience) => audience.account))) reports.push(await administerBatchWebhook(mailchimp(account), account, action, signal));
    for (const audience of audiences) this.#note(audience, reports);
    return reports;
  }

  status(audience: AudienceSettings): WebhookStatus {
    return this.#health.status(audience);
  }

  /** How many problems are known. */
  problems(): number {
    const statuses = [...this.#environment.settings.audiences.values()].map((audience) => this.status(audience));
    return statuses.reduce((sum, { problems, batchProblems }) => sum + problems.length + batchProblems.length, 0);
  }

  /** Somebody was changed at Mailchimp by others than us. @param at by Mailchimp's clock */
  sawChange({ listId, account }: AudienceSettings, at: Instant): void {
    this.#health.changed(listId, at - this.#environment.mailchimp(account).clockOffset());
  }

  /** Looks at the registration of the webhooks that should have come. Its own trouble stops nothing: that is told, and tried again later. */
  async checkDue(signal: AbortSignal): Promise<void> {
    const due = [...this.#environment.settings.audiences.values()].filter((audience) => this.#health.isDue(audience));
    for (const { listId, name } of due) {
      try {
        await this.administer('check', { listIds: [listId], signal });
      } catch (error) {
        signal.throwIfAborted();
        this.#environment.log(`The webhooks of the audience "${name}" could not be looked at (${codeOf(error)}).`);
        this.#health.checked(listId, this.#health.found(listId));
      }
    }
  }

  /** Remembers what is wrong with the registration, and tells it. */
  #note(audience: AudienceSettings, reports: readonly WebhookReport[]): void {
    const { listId, account } = audience;
    const list = problemsOf(reports, 'list', listId);
    const batch = problemsOf(reports, 'batches', account.label);
    this.#health.checked(listId, { list: list.filter((problem) => !BEHAVIOUR.has(problem)), batch });
    this.#tell(listWebhookOf(audience), list);
    this.#tell(`The batch webhook of the account "${account.label}"`, batch);
  }

  /** Tells problems when one of them is new. */
  #tell(whose: string, problems: readonly WebhookProblem[]): void {
    const told = this.#told.get(whose);
    if (problems.some((problem) => !told?.has(problem))) this.#environment.log(`${whose} at Mailchimp: ${problems.join(', ')}. The control node puts it right: topic "webhooks", payload "repair".`);
    this.#told.set(whose, new Set(problems));
  }
}

const listWebhookOf = ({ name }: AudienceSettings): string => `The webhook of the audience "${name}"`;

/** Not of the registration: these are known without looking. */
const BEHAVIOUR: ReadonlySet<WebhookProblem> = new Set<WebhookProblem>(['silent', 'refused', 'secret_unknown']);

const problemsOf = (reports: readonly WebhookReport[], of: WebhookReport['of'], name: string): readonly WebhookProblem[] =>
  reports.filter((report) => report.of === of && report.name === name).flatMap(({ problems }) => problems.filter((problem) => problem !== 'no_address'));
