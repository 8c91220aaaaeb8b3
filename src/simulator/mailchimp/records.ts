/**
 * The whole state of the simulated Mailchimp as plain JSON: what is saved on disk and looked at by tests.
 * Instants are milliseconds, UTC, cut to the second as Mailchimp shows them.
 */

/** https://mailchimp.com/developer/marketing/api/list-members/ ; `archived` can be read, never written. */
export type MemberStatus = 'subscribed' | 'unsubscribed' | 'cleaned' | 'pending' | 'transactional' | 'archived';

export interface AddressValue {
  addr1: string;
  addr2: string;
  city: string;
  state: string;
  zip: string;
  country: string;
}

/** '' when empty, as Mailchimp sends it, also for numbers and dates. */
export type MergeValue = string | number | AddressValue;

interface MemberTag {
  id: number;
  addedAt: number;
}

export interface MemberRecord {
  /** MD5 of the lower-cased address; on very old lists of the mixed-case one; '' for a contact known by phone only. */
  id: string;
  /** 32 hex digits; survives a change of address. */
  contactId: string;
  webId: number;
  /** 10 hex digits: `unique_email_id`, and `data[id]` of a list webhook. */
  uniqueEmailId: string;
  /** As written by whoever added it, mixed case kept; '' for a contact known by phone only. */
  email: string;
  emailType: 'html' | 'text';
  status: MemberStatus;
  /** The person left by themselves: a subscribe by API or administrator is refused until they come back. */
  ownUnsubscribe: boolean;
  /** The person reported a mail as spam. */
  complaint: boolean;
  unsubscribeReason: string;
  /** By merge tag; a tag that is missing here is empty. EMAIL is not among them. */
  mergeFields: Record<string, MergeValue>;
  /** Ids of the interests that are on. */
  interests: string[];
  tags: MemberTag[];
  /** Ids of the marketing permissions that are given. */
  marketingPermissions: string[];
  timestampSignup: number | null;
  ipSignup: string;
  timestampOpt: number | null;
  ipOpt: string;
  lastChanged: number;
  memberRating: number;
  language: string;
  vip: boolean;
  source: string;
  smsPhoneNumber: string;
  smsStatus: '' | 'subscribed' | 'unsubscribed' | 'nonsubscribed' | 'pending';
}

export interface InterestRecord {
  id: string;
  name: string;
  displayOrder: number;
}

export interface InterestCategoryRecord {
  id: string;
  title: string;
  displayOrder: number;
  type: 'checkboxes' | 'dropdown' | 'radio' | 'hidden';
  interests: InterestRecord[];
}

export type MergeFieldType =
  'text' | 'number' | 'address' | 'phone' | 'date' | 'url' | 'imageurl' | 'radio' | 'dropdown' | 'birthday' | 'zip';

export interface MergeFieldRecord {
  mergeId: number;
  tag: string;
  name: string;
  type: MergeFieldType;
  required: boolean;
  defaultValue: string;
  public: boolean;
  displayOrder: number;
  options: Record<string, unknown>;
  helpText: string;
}

interface TagRecord {
  id: number;
  name: string;
}

interface MarketingPermissionRecord {
  id: string;
  text: string;
}

export const webhookEvents = ['subscribe', 'unsubscribe', 'profile', 'cleaned', 'upemail', 'campaign'] as const;
export type WebhookEvent = (typeof webhookEvents)[number];

/** Who made a change: the person, an administrator in Mailchimp's pages, or the API. */
export const webhookSources = ['user', 'admin', 'api'] as const;
export type WebhookSource = (typeof webhookSources)[number];

export interface ListWebhookRecord {
  id: string;
  url: string;
  events: Record<WebhookEvent, boolean>;
  sources: Record<WebhookSource, boolean>;
  /** null: unsigned, as all older webhooks are. */
  signingSecret: string | null;
  enabled: boolean;
  /** Events given up since the last one that arrived. */
  failedInARow: number;
}

export interface BatchWebhookRecord {
  id: string;
  url: string;
  enabled: boolean;
  failedInARow: number;
}

/** One POST to one webhook: waiting, or done with (kept for a while, so that it can be repeated). */
export interface DeliveryRecord {
  id: number;
  webhookId: string;
  /** null: a batch webhook. */
  listId: string | null;
  url: string;
  type: string;
  firedAt: number;
  /** Form fields in their order. */
  form: [name: string, value: string][];
  attempts: number;
  nextAttempt: number;
  state: 'waiting' | 'delivered' | 'given-up' | 'lost';
}

export interface ListRecord {
  id: string;
  webId: number;
  name: string;
  dateCreated: number;
  doubleOptIn: boolean;
  emailTypeOption: boolean;
  categories: InterestCategoryRecord[];
  mergeFields: MergeFieldRecord[];
  tags: TagRecord[];
  marketingPermissions: MarketingPermissionRecord[];
  webhooks: ListWebhookRecord[];
  /** In the order in which they were added, which is the order they are listed in. */
  members: MemberRecord[];
  /** Lower-cased addresses deleted for good, with when. */
  forgotten: Record<string, number>;
  /** Lower-cased addresses that "signed up to a lot of lists very recently". */
  tooManySignups: string[];
}

type BatchStatus = 'pending' | 'preprocessing' | 'started' | 'finalizing' | 'finished' | 'canceled';

export interface BatchOperationRecord {
  method: string;
  path: string;
  params: Record<string, string>;
  body: string;
  operationId: string | null;
}

export interface BatchResultRecord {
  status_code: number;
  operation_id: string | null;
  /** JSON as text; empty for a 204. */
  response: string;
}

export interface BatchRecord {
  id: string;
  status: BatchStatus;
  submittedAt: number;
  completedAt: number | null;
  total: number;
  errored: number;
  /** Emptied when the batch is finished. */
  operations: BatchOperationRecord[];
  /** By place in `operations`; null: not run yet. Emptied when the batch is finished. */
  results: (BatchResultRecord | null)[];
  finished: number;
  /** Results of a finished batch: base64 of gzipped JSON, to keep the state small. */
  packedResults: string;
  /** Results show `operation_id: null`. */
  losesOperationIds: boolean;
  /** Runs by itself; in manual mode a test runs it. */
  automatic: boolean;
}

interface AccountRecord {
  accountId: string;
  name: string;
  username: string;
  email: string;
  firstName: string;
  lastName: string;
  memberSince: number;
}

export interface MailchimpState {
  version: 1;
  account: AccountRecord;
  /** Of the messages about fields, which Mailchimp localises. */
  language: 'en' | 'de';
  lists: ListRecord[];
  batches: BatchRecord[];
  batchWebhooks: BatchWebhookRecord[];
  deliveries: DeliveryRecord[];
  nextWebId: number;
  nextTagId: number;
  nextDeliveryId: number;
  /** Signs the URLs of batch results. */
  urlSecret: string;
  /** New batches and webhook deliveries wait for a test's hand. */
  manualBatches: boolean;
  manualWebhooks: boolean;
}
