import type { Duration, Instant } from '../base/clock.ts';
import type { BatchId, EmailAddress, InterestId, ListId, MemberContactId, MemberHash } from '../base/ids.ts';
import type { WebhooksApi } from './webhooks-api.ts';

/** https://mailchimp.com/developer/marketing/api/list-members/ */
export type MemberStatus = 'subscribed' | 'unsubscribed' | 'cleaned' | 'pending' | 'transactional' | 'archived';

/** A merge field's value: text, a number, or an address by its parts (`addr1`, `city`, …). '' when empty. */
export type MergeFieldValue = string | number | Readonly<Record<string, string>>;

/** A merge field of an audience. https://mailchimp.com/developer/marketing/docs/merge-fields/ */
export interface MergeField {
  readonly tag: string;
  /** `text`, `number`, `date`, `birthday`, `address`, `phone`, …; others are possible. */
  readonly type: string;
  /** Of phone numbers: `US` numbers have ten digits. */
  readonly phoneFormat: string | null;
}

/** A member as Mailchimp shows it now. */
export interface Member {
  readonly hash: MemberHash;
  readonly contactId: MemberContactId;
  readonly email: EmailAddress;
  readonly status: MemberStatus;
  /** Moves on any edit, also on one of ours (facts/mailchimp.md). */
  readonly lastChanged: Instant;
  /** When the person opted in; null when Mailchimp gives none. */
  readonly timestampOpt: Instant | null;
  readonly interests: Readonly<Record<InterestId, boolean>>;
  readonly firstName: string;
  readonly lastName: string;
  /** By merge tag, FNAME and LNAME too. */
  readonly mergeFields: Readonly<Record<string, MergeFieldValue>>;
  /** null: not asked for, or not all shown: Mailchimp shows the first 50 (facts/mailchimp.md). */
  readonly tags: readonly string[] | null;
}

/** Every answer carries the service's own clock (`Date` header), in ms. */
export interface Answered<Value> {
  readonly value: Value;
  readonly servedAt: Instant;
}

export interface MembersPage {
  /** Members with an e-mail address. */
  readonly members: readonly Member[];
  /** Members without one (SMS only), which the sync leaves alone. */
  readonly withoutEmail: number;
  /** Members in this page as Mailchimp sent them: where the next offset is counted from. */
  readonly length: number;
  readonly totalItems: number;
}

export interface MembersQuery {
  readonly listId: ListId;
  readonly count: number;
  readonly offset: number;
  /** Sent as `since_last_changed` in UTC, to the second. null: all (an old date such as 1970 hangs the service). */
  readonly since: Instant | null;
  /** null: all but the archived, which are listed only when asked for. */
  readonly status: MemberStatus | null;
  /** Tags make answers longer: only where they are used. */
  readonly withTags?: boolean;
}

/** One write as data: what a single call sends, and what a batch operation holds. */
export interface MemberOperation {
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the API's base, e.g. `/lists/{list}/members/{hash}`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: Readonly<Record<string, unknown>>;
}

/** What became of one operation, singly or in a batch. */
export interface OperationAnswer {
  readonly statusCode: number;
  /** Parsed body; null when there was none. */
  readonly body: unknown;
}

export interface BatchOperation extends MemberOperation {
  readonly operationId: string;
}

/** One entry of a batch's result file. */
export interface OperationResult extends OperationAnswer {
  /** null where Mailchimp lost it. */
  readonly operationId: string | null;
}

export interface Batch {
  readonly id: BatchId;
  readonly status: 'pending' | 'preprocessing' | 'started' | 'finalizing' | 'finished' | 'canceled';
  readonly totalOperations: number;
  readonly finishedOperations: number;
  readonly submittedAt: Instant;
  /** Signed, valid about ten minutes; never logged. Empty until finished. */
  readonly responseBodyUrl: string;
}

/** The calls to one Mailchimp account that the sync makes. Errors are `SyncError`s with a `mailchimp_…` code. */
export interface MailchimpApi {
  /** Mailchimp's clock less ours, from the latest `Date` header; 0 before the first answer. */
  clockOffset(): Duration;
  /** `GET /lists/{id}`; null when the account has no such audience. */
  audience(listId: ListId, signal?: AbortSignal): Promise<{ readonly name: string; readonly memberCount: number } | null>;
  /** The interests of all categories of an audience. */
  interests(listId: ListId, signal?: AbortSignal): Promise<ReadonlyMap<InterestId, string>>;
  /** The merge fields of an audience, EMAIL not among them. */
  mergeFields(listId: ListId, signal?: AbortSignal): Promise<readonly MergeField[]>;
  /** All tags of a member, however many; null on 404. */
  memberTags(listId: ListId, key: MemberContactId | MemberHash | EmailAddress, signal?: AbortSignal): Promise<readonly string[] | null>;
  membersPage(query: MembersQuery, signal?: AbortSignal): Promise<Answered<MembersPage>>;
  /** By `contact_id`, hash or address; null on 404. */
  member(listId: ListId, key: MemberContactId | MemberHash | EmailAddress, signal?: AbortSignal): Promise<Answered<Member | null>>;
  /**
   * Sends one operation once. A refusal (4xx but 429) is an answer, not an error. Errors are of two kinds:
   * `NotDone` (surely not done: refused connection, 429) and `MaybeDone` (5xx, reset, no answer).
   */
  send(operation: MemberOperation, signal?: AbortSignal): Promise<Answered<OperationAnswer>>;
  /** `POST /batches`, sent once; errors as for `send`. */
  submitBatch(operations: readonly BatchOperation[], signal?: AbortSignal): Promise<Answered<Batch>>;
  /** null on 404: results are kept about seven days. */
  batch(id: BatchId, signal?: AbortSignal): Promise<Answered<Batch | null>>;
  /** The account's batches submitted since, newest first. */
  batchesSince(since: Instant, signal?: AbortSignal): Promise<readonly Batch[]>;
  /** Streams and unpacks the result file of a finished batch; asks for a fresh URL first. */
  batchResults(id: BatchId, signal?: AbortSignal): AsyncIterable<OperationResult>;
  /** The account's webhooks. */
  readonly webhooks: WebhooksApi;
  /** Reads a member body of an operation's answer; null when it is not a member. */
  readMember(body: unknown): Member | null;
  /** Requests sent so far, by kind (`GET members`, …), for the summary. */
  requests(): ReadonlyMap<string, number>;
}
