import type { Duration } from '../base/clock.ts';
import type { GroupId, InterestId, ListId } from '../base/ids.ts';

/** The two sides that are kept in step. Spelled as in the settings. */
export type Side = 'CiviCRM' | 'Mailchimp';

/** Settings as the program uses them: read, checked, secrets put in, defaults filled in. */
export interface Settings {
  readonly audiences: ReadonlyMap<ListId, AudienceSettings>;
  readonly accounts: ReadonlyMap<string, AccountSettings>;
  /** null: settings without a `civicrm` section are valid, but a run ends with `civicrm_missing`. */
  readonly civicrm: CivicrmSettings | null;
  readonly store: StoreSettings;
}

export interface AccountSettings {
  readonly label: string;
  readonly apiKey: string;
  /** Base URL without trailing slash, `https://{dc}.api.mailchimp.com/3.0` unless set. */
  readonly apiUrl: string;
  /** Connections at the same time; Mailchimp allows 10 a user. */
  readonly connections: number;
  /** Secret of the batch webhook, null when none is set. */
  readonly batchWebhookSecret: string | null;
  /** Where batch webhooks are registered, its secret in it; null when none is set. Never logged. */
  readonly batchWebhookUrl: string | null;
}

/** A bound audience: one Mailchimp list, its CiviCRM group, its interests and its rules. */
export interface AudienceSettings {
  readonly listId: ListId;
  /** Name for people, the list id when the settings give none. */
  readonly name: string;
  readonly enabled: boolean;
  readonly account: AccountSettings;
  readonly subscriptionGroup: GroupId;
  readonly interests: ReadonlyMap<InterestId, GroupId>;
  readonly trustOverride: { readonly subscription: Side | null; readonly interests: ReadonlyMap<InterestId, Side> };
  /** What decides when neither word is surely later. `latest` is the source's rule. */
  readonly onTie: 'mailsLess' | 'latest' | Side;
  readonly optOut: 'respect' | 'ignore';
  readonly onContactDeleted: 'unsubscribe' | 'recreate';
  readonly onAddressChange: 'rename' | 'ignore';
  readonly addressFollows: 'owned' | 'best';
  /** true restores the original extension's rule: a pending member counts as subscribed. */
  readonly pendingCounts: boolean;
  readonly newMemberStatus: 'subscribed' | 'pending';
  readonly onRemove: 'unsubscribe' | 'archive';
  /** `source` of contacts that the sync creates. */
  readonly contactSource: string;
  /** Up to so many updates go singly and at once instead of in a batch. 0: always batches, the source's rule. */
  readonly submitSingly: number;
  readonly limits: LimitSettings;
  readonly data: DataSettings;
  /** Secret that a list webhook's URL must carry; null: webhooks are refused. */
  readonly webhookSecret: string | null;
  /** Where the audience's webhook is registered, its secret in it; null when none is set or webhooks are off. Never logged. */
  readonly webhookUrl: string | null;
  readonly webhookSigning: WebhookSigning;
  /** A batch without progress for so long is given up. */
  readonly batchPatience: Duration;
}

/** Signatures of list webhooks, where Mailchimp offers them (facts/mailchimp.md). */
interface WebhookSigning {
  /** Whether to ask for them, and to refuse webhooks without one once the secret is known. */
  readonly enabled: boolean;
  /** null: not known (yet). */
  readonly secret: string | null;
}

/** How much may be applied in 24 hours; the larger of the two counts. */
interface LimitSettings {
  readonly people: number;
  readonly percent: number;
}

export interface DataSettings {
  readonly names: boolean;
  readonly tags: { readonly prefix: string } | { readonly mapping: Readonly<Record<string, string>> } | null;
  /** Mailchimp merge tag → CiviCRM field path. */
  readonly mergeFields: Readonly<Record<string, string>>;
}

export interface CivicrmSettings {
  /** Base URL of the site without trailing slash. */
  readonly url: string;
  /** Path and query to which `Entity/action` is added, e.g. `/civicrm/ajax/api4/`. */
  readonly apiPath: string;
  readonly apiKey: string;
  /** IANA name of the site's time zone: APIv4 dates carry no offset (facts/civicrm.md). */
  readonly timezone: string;
  readonly access: 'api' | 'sql+api';
  readonly database: string | null;
  /** How long a writer's transaction may stay open before its history id counts as never coming. */
  readonly historyGap: Duration;
}

export type StoreSettings =
  | { readonly kind: 'sqlite'; /** File; null: `mailchimpsync.sqlite` in the user directory. */ readonly file: string | null }
  | { readonly kind: 'mysql'; readonly url: string; readonly tablePrefix: string };
