import type { ListId } from '../base/ids.ts';

/** What a list webhook can tell of. https://mailchimp.com/developer/marketing/api/list-webhooks/ */
export const WEBHOOK_EVENTS = ['subscribe', 'unsubscribe', 'profile', 'cleaned', 'upemail', 'campaign'] as const;
export type WebhookEvents = Readonly<Record<(typeof WEBHOOK_EVENTS)[number], boolean>>;

/** Whose changes a list webhook tells of: the member's own, an administrator's, those by the API. */
export const WEBHOOK_SOURCES = ['user', 'admin', 'api'] as const;
export type WebhookSources = Readonly<Record<(typeof WEBHOOK_SOURCES)[number], boolean>>;

export interface ListWebhookRecord {
  readonly id: string;
  /** Holds a secret; never logged. */
  readonly url: string;
  readonly events: WebhookEvents;
  readonly sources: WebhookSources;
}

/** https://mailchimp.com/developer/marketing/api/batch-webhooks/ */
export interface BatchWebhookRecord {
  readonly id: string;
  /** Holds a secret; never logged. */
  readonly url: string;
  readonly enabled: boolean;
}

export type NewListWebhook = Omit<ListWebhookRecord, 'id'> & {
  /** Asks for signed webhooks, which Mailchimp may not offer. */
  readonly signing: boolean;
};

/**
 * The webhooks of an account. Errors are `SyncError`s: `mailchimp_refused` names the refusal and what may mend it.
 * A change is sent once; without an answer it may have been made.
 */
export interface WebhooksApi {
  list(listId: ListId, signal?: AbortSignal): Promise<readonly ListWebhookRecord[]>;
  /** Mailchimp GETs the URL first, which must answer 200. `signingSecret` is told once; null where webhooks are not signed. */
  add(listId: ListId, webhook: NewListWebhook, signal?: AbortSignal): Promise<{ readonly signingSecret: string | null }>;
  change(listId: ListId, id: string, set: Pick<ListWebhookRecord, 'events' | 'sources'>, signal?: AbortSignal): Promise<void>;
  /** One that is gone already is as good. */
  remove(listId: ListId, id: string, signal?: AbortSignal): Promise<void>;
  listForBatches(signal?: AbortSignal): Promise<readonly BatchWebhookRecord[]>;
  addForBatches(url: string, signal?: AbortSignal): Promise<void>;
  enableForBatches(id: string, signal?: AbortSignal): Promise<void>;
  removeForBatches(id: string, signal?: AbortSignal): Promise<void>;
}
