import type { Instant } from '../base/clock.ts';
import type { BatchId, ContactId, EmailAddress, GroupId, HistoryId, InterestId, ListId, MemberContactId, MemberHash, RowId, RunId, UpdateId, WriteId } from '../base/ids.ts';
import type { MemberStatus, MergeFieldValue } from '../mailchimp/api.ts';

/** A closed range of time in which a word was said; often a point. */
export interface Range {
  readonly since: Instant;
  readonly at: Instant;
}

/**
 * A word: the last value that somebody other than this sync gave a fact, and when (algorithm.md, "When a word was said").
 * `true` is subscribed, Added or interest on.
 */
export interface Word extends Range {
  readonly value: boolean;
  /** The service whose clock dated it. */
  readonly source: 'mailchimp' | 'civicrm';
  /** The contact that said it, for a word relayed from CiviCRM. */
  readonly by?: ContactId;
  /** It came from an opt-out, which may be taken back. */
  readonly optOut?: true;
  /** It came from the search of a smart group, which may find the contact again, or no longer. */
  readonly searched?: true;
}

/** The facts of a member at the last look. `status` null: gone at Mailchimp. */
export interface MemberFacts {
  readonly status: MemberStatus | null;
  readonly lastChanged: Instant;
  readonly timestampOpt: Instant | null;
  readonly interests: Readonly<Record<InterestId, boolean>>;
  readonly firstName: string;
  readonly lastName: string;
  /** Names that the audience has no merge field for: they cannot be given to it. */
  readonly missingNames?: readonly ('firstName' | 'lastName')[];
  /** The merge fields that the settings map. */
  readonly mergeFields?: Readonly<Record<string, MergeFieldValue>>;
  /** The tags that the settings bind; null: the member has more tags than Mailchimp showed. */
  readonly tags?: readonly string[] | null;
}

/** `todo` to be decided · `live` waiting for Mailchimp · `ok` in sync · `redo` asked again as pending · `fail` with a reason. */
export type SyncStatus = 'todo' | 'live' | 'ok' | 'redo' | 'fail';

/** Why a row cannot be synced. */
export type FailReason =
  | 'no_email' | 'on_hold' | 'cleaned' | 'compliance' | 'forgotten' | 'address_refused' | 'address' | 'later'
  | 'opted_out' | 'smart_group' | 'data_refused' | 'gone_at_mailchimp' | 'other'
  | 'left_out';

/** What a row remembers beside its facts; every entry is a rule of algorithm.md. */
export interface RowMemory {
  /** The row's word on the subscription, Mailchimp's own or one relayed from CiviCRM. */
  readonly status?: Word;
  /** The last word that Mailchimp itself said [ownword]. */
  readonly own?: Word;
  readonly interests?: Readonly<Record<InterestId, Word>>;
  /** Which facts' states our own writes made: `status` or an interest id [explain]. */
  readonly ours?: Readonly<Record<string, boolean>>;
  /** A removal kept from contacts that the row lost [trashword], [trashno]. */
  readonly kept?: Word;
  /** When the own word that the last decision heard was said [heard]. */
  readonly heard?: Instant | null;
  /** The contacts that used the row at the last decision. */
  readonly users?: readonly ContactId[];
  /** The first look that showed a pending nobody of us asked for [foreign]. */
  readonly foreign?: Range;
  /** The pending shown now is one that we asked for. */
  readonly pendingOurs?: true;
  /** Addresses that the member had before, each until when [former]. */
  readonly former?: readonly { readonly email: EmailAddress; readonly until: Instant }[];
  /** A refusal and the word it refused: nothing is sent for that word again. */
  readonly refused?: Range & { readonly reason: FailReason; /** The address that was refused; another one is asked. */ readonly email?: EmailAddress; /** The names that went with it, where one may be the cause; others are asked. */ readonly names?: { readonly firstName?: string; readonly lastName?: string }; /** Released then (`later`). */ readonly until?: Instant };
  /** Of whom CiviCRM made no contact, and why: it is not asked again for the same address and names. */
  readonly contactRefused?: { readonly email: EmailAddress; readonly firstName: string; readonly lastName: string; readonly reason: FailReason; /** Asked again then. */ readonly until?: Instant };
  /** The word for which `pending` is to be asked after a compliance refusal. */
  readonly askPending?: Range;
  /** An address that Mailchimp refused as a new one of this member. */
  readonly renameRefused?: EmailAddress;
  /** The update whose answer shared its second with other facts: read the member before deciding [samesecond]. */
  readonly reread?: UpdateId;
  /** The address of a cleaned member was put on hold in CiviCRM, once: an administrator may take it off again. */
  readonly held?: true;
  /** Data that Mailchimp refused, by datum (`merge:TAG`, …): not sent again until the value is another. The rest went through. */
  readonly dataRefused?: Readonly<Record<string, { readonly value: unknown; readonly message: string }>>;
  /** By Mailchimp's clock, when an update of ours without an answer (tags) moved `last_changed`: that says nothing [again]. */
  readonly tagged?: Range;
  /** Kinds of updates that were not to be done when a plan was approved. */
  readonly leftOut?: readonly UpdateKind[];
  /** When the "no" was said, at the latest, that was not to be brought to Mailchimp then: a later one is. */
  readonly leftOutNo?: Instant;
  /** Names last agreed on by both sides (three-way). */
  readonly names?: { readonly firstName?: string; readonly lastName?: string };
}

/** One line of the cache table: one address at one audience, or one contact not yet known to Mailchimp. */
export interface Row {
  readonly id: RowId;
  readonly listId: ListId;
  /** Raised by every write; a write is conditional on the version read. */
  readonly version: number;
  readonly email: EmailAddress | null;
  /** The address last agreed on by both sides [addrbase]. */
  readonly agreedEmail: EmailAddress | null;
  readonly memberHash: MemberHash | null;
  readonly memberContactId: MemberContactId | null;
  readonly contactId: ContactId | null;
  /** null: never seen at Mailchimp. */
  readonly member: MemberFacts | null;
  /** When the member was last looked at on its own, by Mailchimp's clock; null: only in whole fetches, or never. */
  readonly lookedAt: Instant | null;
  /** The row's copy of its contact's group statuses and the date of the last history row, for people who look. */
  readonly groups: Readonly<Record<GroupId, { readonly status: string; readonly at: Instant | null }>>;
  readonly memory: RowMemory;
  /** What data hooks remember, by hook. */
  readonly hookData: Readonly<Record<string, unknown>>;
  readonly syncStatus: SyncStatus;
  readonly failReason: FailReason | null;
  /** Who decides this row now, and until when the claim holds. */
  readonly claimedBy: string | null;
  readonly claimedUntil: Instant | null;
}

export type NewRow = Omit<Row, 'id' | 'version' | 'claimedBy' | 'claimedUntil'>;

/** What an update asks of Mailchimp. Only what is to change is there. */
export interface MailchimpAsk {
  readonly status?: 'subscribed' | 'pending' | 'unsubscribed' | 'archived';
  readonly interests?: Readonly<Record<InterestId, boolean>>;
  readonly firstName?: string;
  readonly lastName?: string;
  /** A new address for a known member. */
  readonly email?: EmailAddress;
  /** By merge tag; never FNAME and LNAME where names are synchronised. */
  readonly mergeFields?: Readonly<Record<string, MergeFieldValue>>;
  /** Of a member that is there an update of its own; of one that is made, what it gets with the rest. */
  readonly tags?: { readonly add: readonly string[]; readonly remove: readonly string[] };
  readonly language?: string;
  readonly vip?: boolean;
  /** By `marketing_permission_id`. */
  readonly marketingPermissions?: Readonly<Record<string, boolean>>;
}

/** What an update asks of CiviCRM. */
export type CivicrmAsk =
  | { readonly kind: 'group'; readonly groupId: GroupId; readonly status: 'Added' | 'Removed' }
  | { readonly kind: 'names'; readonly firstName?: string; readonly lastName?: string }
  | { readonly kind: 'email'; readonly email: EmailAddress }
  | { readonly kind: 'hold'; readonly email: EmailAddress }
  /** A new contact for the row's member. */
  | { readonly kind: 'contact'; readonly email: EmailAddress };

/** What an update counts as for the brake and the summary. */
export type UpdateKind = 'subscribe' | 'unsubscribe' | 'add' | 'remove' | 'create' | 'rename' | 'data';

/**
 * `planned` decided, not yet released · `queued` may be sent · `sending` being sent, fate unknown after a crash ·
 * `submitted` in a batch · ended: `done`, `failed` (with a reason), `aborted` (by a webhook),
 * `superseded` (decided anew, or of unknown fate: then `claims` is true).
 */
export type UpdateState = 'planned' | 'queued' | 'sending' | 'submitted' | 'done' | 'failed' | 'aborted' | 'superseded';

interface UpdateBase {
  readonly id: UpdateId;
  readonly listId: ListId;
  readonly runId: RunId | null;
  /** The row it was decided for; rows may be merged, then it moves along. null: the row is gone. */
  readonly rowId: RowId | null;
  readonly contactId: ContactId | null;
  readonly kind: UpdateKind;
  readonly state: UpdateState;
  /** An update of unknown fate keeps its claim on the value it asked for [ghost]. */
  readonly claims: boolean;
  /** The word that each asked fact relays: `status` or an interest id [provenance]. */
  readonly origin: Readonly<Record<string, Word>>;
  /** Why it was decided, for people: a rule's name and what it saw. */
  readonly reason: string;
  /** Neither word was surely later. */
  readonly unclear: boolean;
  readonly createdAt: Instant;
  readonly sentAt: Instant | null;
  readonly endedAt: Instant | null;
  readonly failReason: FailReason | null;
  /** The service's refusal, redacted. */
  readonly answer: string | null;
}

export interface MailchimpUpdate extends UpdateBase {
  readonly side: 'mailchimp';
  readonly ask: MailchimpAsk;
  /** Where it is sent: the member's `contact_id`, else the address; an update is known by it as well as by its row [claimaddr]. */
  readonly key: string;
  readonly email: EmailAddress;
  /** The member was never seen: PUT with `status_if_new` [ifnew]. */
  readonly isNew: boolean;
  /** Local id of the batch it went out in. */
  readonly batch: number | null;
  /** `last_changed` of the answer that settled it. */
  readonly settledAs: Instant | null;
}

export interface CivicrmUpdate extends UpdateBase {
  readonly side: 'civicrm';
  readonly ask: CivicrmAsk;
  /** Shared by all updates that go in one call. */
  readonly writeId: WriteId;
}

export type Update = MailchimpUpdate | CivicrmUpdate;
type New<Entity> = Entity extends unknown ? Omit<Entity, 'id'> : never;
export type NewUpdate = New<Update>;

/** A batch, recorded before it is sent (`batchId` null until Mailchimp answered). */
export interface BatchRecord {
  readonly id: number;
  readonly account: string;
  readonly listId: ListId;
  readonly batchId: BatchId | null;
  readonly state: 'sending' | 'submitted' | 'settled' | 'given_up';
  readonly operations: number;
  readonly createdAt: Instant;
  /** When progress was last seen, for the watchdog. */
  readonly progressAt: Instant;
  readonly finishedOperations: number;
  readonly claimedBy: string | null;
  readonly claimedUntil: Instant | null;
}

export type StageName = 'fetch' | 'removeInvalid' | 'populate' | 'createContacts' | 'cleanDuplicates' | 'addCiviOnly' | 'identifyChanges' | 'dataHooks' | 'reconcile' | 'submit';

export type RunMode = 'incremental' | 'full' | 'since';

export interface Run {
  readonly id: RunId;
  readonly listId: ListId;
  readonly mode: RunMode;
  /** For `since`: the moment asked for. */
  readonly since: Instant | null;
  readonly withData: boolean;
  readonly dryRun: boolean;
  readonly state: 'running' | 'done' | 'aborted' | 'held' | 'failed';
  /** The last stage completed; null before the first. */
  readonly stage: StageName | null;
  /** Cursor of the stage under way, for resuming. */
  readonly cursor: unknown;
  readonly counts: Readonly<Partial<Record<StageName, Readonly<Record<string, number>>>>>;
  readonly startedAt: Instant;
  readonly endedAt: Instant | null;
  readonly errorCode: string | null;
}

/** The kinds of updates that the brake limits; data and interests it does not. */
export const LIMITED_KINDS = ['subscribe', 'unsubscribe', 'add', 'remove', 'create', 'rename'] as const satisfies readonly UpdateKind[];
export type LimitedKind = (typeof LIMITED_KINDS)[number];

/** So many people, by kind of update. */
export type PeopleByKind = Readonly<Record<LimitedKind, number>>;

/** Why a plan was held. */
export type HoldReason =
  /** With it so many people would be changed in 24 hours, and the limits allow fewer. */
  | { readonly kind: 'limit'; readonly of: LimitedKind; readonly people: number; readonly limit: number }
  /** One side has become empty. */
  | { readonly kind: 'emptied'; readonly side: 'CiviCRM' | 'Mailchimp' }
  /** So many members are missing at Mailchimp that not all were asked for one by one. */
  | { readonly kind: 'missing'; readonly members: number };

/** A plan in numbers: nothing of a person. */
export interface PlanSummary {
  readonly dryRun: boolean;
  /** Why it is held; what would hold it, of a dry run. */
  readonly why: readonly HoldReason[];
  readonly updates: number;
  /** Updates by kind. Who is to be created is also to be added. */
  readonly kinds: Readonly<Partial<Record<UpdateKind, number>>>;
  /** Updates by the reason for which they were decided. */
  readonly reasons: Readonly<Record<string, number>>;
  readonly unclear: number;
  /** The lowest id of its updates, null when it has none. */
  readonly first: UpdateId | null;
}

/** A plan that waits for approval, or did, or that a dry run made (algorithm.md, "The brake"). Its updates carry its id as that of their run. */
export interface HeldPlan {
  /** The run that made it. */
  readonly id: RunId;
  readonly listId: ListId;
  /** `approved`: being applied. A dry run's plan is `rejected` from the beginning. */
  readonly state: 'held' | 'approved' | 'rejected' | 'applied';
  readonly summary: PlanSummary;
  readonly heldAt: Instant;
  readonly settledAt: Instant | null;
}

/** What the sync remembers of a whole audience. */
export interface AudienceState {
  readonly listId: ListId;
  /** Server's clock at the start of the last complete fetch. */
  readonly fetchedAt: Instant | null;
  /** The same, of the last full one. */
  readonly fullyFetchedAt: Instant | null;
  /** Interests that a full fetch has stored, to notice new bindings. */
  readonly interests: readonly InterestId[];
  /** History id up to which everything was read. */
  readonly history: HistoryId;
  /** Missing history ids behind which the cursor waits: id → first missed at (our clock). */
  readonly historyGaps: Readonly<Record<number, Instant>>;
  /** CiviCRM's clock at the last look at `modified_date`. */
  readonly modified: Instant | null;
  /** CiviCRM's clock at the last look for trashed contacts. */
  readonly trashLookedAt: Instant | null;
}

/** What is known of a contact at an audience beyond its rows: its opt-out. */
export interface ContactMemory {
  readonly contactId: ContactId;
  /** CiviCRM's clock at the last look. */
  readonly lookedAt: Instant;
  readonly optOut: OptOutWord | null;
  /** Group statuses that no history row explains, dated at the look that first showed them; `after`: the last history row then. */
  readonly unexplained: Readonly<Record<GroupId, UnexplainedStatus>>;
}

/** An opt-out, "do not e-mail" or death, as a word. */
export interface OptOutWord extends Word {
  /** How many contacts had been merged into it when the word was dated. */
  readonly merged: number;
  /** Why it might not be mailed at the last look: a mark that is set beside another says it anew. */
  readonly marks?: readonly ('isOptOut' | 'doNotEmail' | 'isDeceased')[];
}

/** A group status that no history row explains, as a word. */
export interface UnexplainedStatus extends Word {
  readonly after: HistoryId | null;
  /** Of a smart group: how old the search was that last found the contact. */
  readonly foundAt?: Instant;
  /** Of a smart group: the first look that did not find the contact any more, not yet believed; `seen`: when we looked. */
  readonly missing?: Range & { readonly seen: Instant };
}

/** An unhandled or handled webhook. */
export interface InboxEntry {
  readonly id: number;
  readonly listId: ListId;
  readonly type: string;
  readonly firedAt: Instant;
  /** type + member id + fired_at: a repeat is stored once. */
  readonly key: string;
  readonly email: EmailAddress | null;
  readonly payload: Readonly<Record<string, unknown>>;
  readonly receivedAt: Instant;
  readonly handledAt: Instant | null;
  readonly attempts: number;
}

/** Claim on making a contact for an address, across audiences. */
export interface CreationClaim {
  readonly site: string;
  readonly email: EmailAddress;
  readonly claimedBy: string;
  readonly claimedAt: Instant;
  readonly contactId: ContactId | null;
}
