import type { Duration, Instant } from '../base/clock.ts';
import type { BatchId, ContactId, EmailAddress, ListId, MemberContactId, RowId, RunId, UpdateId, WriteId } from '../base/ids.ts';
import type { AudienceState, BatchRecord, ContactMemory, CreationClaim, HeldPlan, InboxEntry, NewRow, NewUpdate, PeopleByKind, Row, Run, SyncStatus, Update, UpdateState } from './entities.ts';

/** Proof of holding an audience: every write of a run carries it, and is refused once the lease is another's. */
export interface Lease {
  readonly listId: ListId;
  readonly runId: RunId;
  /** Grows with every take-over. */
  readonly fence: number;
}

/**
 * Changes that belong together: applied whole, or not at all. A unit is refused (`conflict`) when a row that it
 * writes or deletes has another version than `expectedVersion`, when a row is claimed by somebody else than
 * `claimant`, or when an update it changes is not in one of the states expected.
 */
export interface Unit {
  readonly rows?: readonly RowChange[];
  readonly updates?: readonly UpdateChange[];
  readonly contacts?: readonly ContactMemory[];
  /** Who may write claimed rows; rows keep their claim unless `release`. */
  readonly claimant?: string;
  /** A look changes what is known of a row, not what is decided: it goes past claims. */
  readonly ignoreClaims?: boolean;
  /** Gives back the claimant's claims on the rows changed. */
  readonly release?: boolean;
}

/** Applied in the order given, so that an address can pass from one row to another in one unit. */
export type RowChange =
  | { readonly kind: 'insert'; readonly row: NewRow }
  | { readonly kind: 'write'; readonly row: Row /* id and version as read */ }
  | { readonly kind: 'delete'; readonly id: RowId; readonly version: number };

export type UpdateChange =
  | { readonly kind: 'insert'; readonly update: NewUpdate }
  | { readonly kind: 'write'; readonly id: UpdateId; readonly from: readonly UpdateState[]; readonly set: UpdateSet }
  /** Moves all updates of a row that goes to the row that survives it. */
  | { readonly kind: 'move'; readonly fromRow: RowId; readonly toRow: RowId | null };

export type UpdateSet = Partial<Pick<Update, 'state' | 'claims' | 'sentAt' | 'endedAt' | 'failReason' | 'answer'>> & { readonly batch?: number | null; readonly settledAs?: Instant };

/** What became of each unit, in the order given. */
export type UnitOutcome =
  | { readonly kind: 'done'; /** Ids of inserted rows and updates, in order. */ readonly rows: readonly RowId[]; readonly updates: readonly UpdateId[] }
  | { readonly kind: 'conflict' };

export interface CommitOptions {
  /** Refuses everything with `lease_lost` unless this lease still holds. Runs give it; handlers of webhooks and batches do not. */
  readonly lease?: Lease;
  /** Written in the same transaction. */
  readonly run?: { readonly id: RunId; readonly cursor: unknown };
  readonly audience?: AudienceState;
  /** When claims are judged to have run out, the system's time unless given. */
  readonly now?: Instant;
}

export type RunStart = { readonly kind: 'started' | 'resumed'; readonly run: Run; readonly lease: Lease } | { readonly kind: 'busy'; readonly run: Run };

/** A filter of rows, read by key: at most `limit` with an id after `after`, ordered by id. */
export interface RowPage {
  readonly listId: ListId;
  readonly after: RowId | null;
  readonly limit: number;
  readonly where:
    | { readonly kind: 'all' }
    | { readonly kind: 'status'; readonly status: SyncStatus }
    /** With an address, without a contact. */
    | { readonly kind: 'withoutContact' }
    /** With a contact. */
    | { readonly kind: 'withContact' }
    /** With a contact, never seen at Mailchimp. */
    | { readonly kind: 'contactOnly' }
    /** Seen at Mailchimp and not gone. */
    | { readonly kind: 'memberPresent' }
    /** With neither side's data: no contact, never seen at Mailchimp. */
    | { readonly kind: 'empty' };
}

/**
 * The sync's only state. Every method is one transaction. Errors: `store_unavailable`, `store_full`, `store_corrupt`,
 * and `lease_lost` from what is given a lease (one that has run out holds until somebody takes it). Times are given by the caller (ms, UTC).
 */
export interface Store {
  /** Made once with the store, part of every `operation_id`. */
  readonly id: string;

  // Runs and leases
  /**
   * Begins a run, or takes over the audience's unfinished one when its lease has run out. A call with the id of the
   * unfinished run asks for that very one: its last `holder` gets it whatever is left of the lease. Else `busy`.
   */
  startRun(run: Omit<Run, 'stage' | 'cursor' | 'counts' | 'state' | 'endedAt' | 'errorCode'>, holder: string, now: Instant, lease: Duration): Promise<RunStart>;
  /**
   * Takes the lease of a running run for one stage: its last holder at once, others when it has run out; whoever had
   * it before loses it. null when the run is over or another's lease holds.
   */
  takeLease(id: RunId, holder: string, now: Instant, lease: Duration): Promise<Lease | null>;
  /** Who holds the audience's lease, run out or not; null: nobody. */
  leaseHolder(listId: ListId): Promise<string | null>;
  /** Ends the lease of a holder that is surely dead, so that its run can be resumed at once. */
  endLeaseOf(listId: ListId, holder: string): Promise<void>;
  renewLease(lease: Lease, now: Instant, duration: Duration): Promise<void>;
  /** Records a stage as completed, with its counts, clears the cursor; the lease then lives for `gap`. */
  completeStage(lease: Lease, run: Pick<Run, 'stage' | 'counts'>, now: Instant, gap: Duration): Promise<void>;
  finishRun(lease: Lease, state: 'done' | 'aborted' | 'held' | 'failed', now: Instant, errorCode: string | null): Promise<void>;
  /** Ends the audience's running run whoever holds it; its holder loses the lease. null when there was none. */
  abortRun(listId: ListId, now: Instant): Promise<Run | null>;
  run(id: RunId): Promise<Run | null>;
  /** Newest first. */
  runs(listId: ListId, limit: number): Promise<readonly Run[]>;
  audience(listId: ListId): Promise<AudienceState>;

  // Rows
  rows(page: RowPage): Promise<readonly Row[]>;
  rowsById(listId: ListId, ids: readonly RowId[]): Promise<readonly Row[]>;
  rowsByEmail(listId: ListId, emails: readonly EmailAddress[]): Promise<readonly Row[]>;
  rowsByContact(listId: ListId, ids: readonly ContactId[]): Promise<readonly Row[]>;
  rowsByMember(listId: ListId, ids: readonly MemberContactId[]): Promise<readonly Row[]>;
  /** The row whose member had this address before [former]. */
  rowsByFormerEmail(listId: ListId, email: EmailAddress): Promise<readonly Row[]>;
  countRows(listId: ListId): Promise<Readonly<Record<SyncStatus, number>>>;
  /** Rows whose member is subscribed at Mailchimp. */
  countSubscribed(listId: ListId): Promise<number>;
  /** Rows in `fail`, by reason. */
  countFails(listId: ListId): Promise<Readonly<Record<string, number>>>;
  /** Claims rows for `claimant` until `until`; rows with another version, or claimed by another, are left out of the answer. */
  claimRows(listId: ListId, rows: readonly { readonly id: RowId; readonly version: number }[], claimant: string, now: Instant, until: Instant): Promise<readonly RowId[]>;
  releaseRows(listId: ListId, claimant: string): Promise<void>;

  // Updates
  /** Under way, queued or planned, or still claiming a value, for these rows or addresses (the member's, or the new one of a rename). */
  openUpdates(listId: ListId, rows: readonly RowId[], emails: readonly EmailAddress[]): Promise<readonly Update[]>;
  /** The latest updates of these rows, whatever their state, sent at or after `since`; for telling echoes. */
  updatesOfRows(listId: ListId, rows: readonly RowId[], since: Instant): Promise<readonly Update[]>;
  updatesByWriteId(ids: readonly WriteId[]): Promise<readonly Update[]>;
  updatesById(ids: readonly UpdateId[]): Promise<readonly Update[]>;
  /** In one state, on one side, ordered by id. */
  updatesInState(listId: ListId, side: Update['side'], state: UpdateState, after: UpdateId | null, limit: number): Promise<readonly Update[]>;
  updatesOfBatch(batch: number): Promise<readonly Update[]>;
  /** How many updates are in one of these states. */
  countUpdatesInState(listId: ListId, states: readonly UpdateState[]): Promise<number>;
  countUpdates(runId: RunId): Promise<readonly { readonly kind: string; readonly side: string; readonly state: string; readonly failReason: string | null; readonly count: number }[]>;
  /** A run's updates, by id. */
  updatesOfRun(runId: RunId, after: UpdateId | null, limit: number): Promise<readonly Update[]>;
  /**
   * How many people were changed by kind: by updates sent after `since` that were or may have been done, or that are planned or
   * queued. Each person once a kind. What belongs to a plan (`writePlan`) does not count: somebody decides on that.
   */
  countPeople(listId: ListId, since: Instant): Promise<PeopleByKind>;
  /** The newest `limit` updates for these rows, or to these addresses (the member's, or the new one of a rename), whatever their state; newest first. */
  updatesOfPeople(listId: ListId, rows: readonly RowId[], emails: readonly EmailAddress[], limit: number): Promise<readonly Update[]>;
  contactMemories(listId: ListId, ids: readonly ContactId[]): Promise<readonly ContactMemory[]>;

  /** Applies units in one transaction; a conflict leaves out its unit only. */
  commit(listId: ListId, units: readonly Unit[], options?: CommitOptions): Promise<readonly UnitOutcome[]>;

  // Plans
  /** Records a plan, or changes the one with its id. */
  writePlan(plan: HeldPlan, lease?: Lease): Promise<void>;
  /** An audience's plans, newest first. */
  plans(listId: ListId, limit: number): Promise<readonly HeldPlan[]>;
  /** The plan that waits for approval, or is being applied; null: none. */
  openPlan(listId: ListId): Promise<HeldPlan | null>;

  // Batches
  /**
   * Records a batch in `sending` and moves its updates from `queued` to `sending`, sent at its `createdAt`; updates no
   * longer queued are left out of the answer. With none left the batch is recorded as `settled`. With a claim it is
   * claimed from the beginning.
   */
  openBatch(batch: Pick<BatchRecord, 'account' | 'listId' | 'createdAt'> & Partial<Pick<BatchRecord, 'claimedBy' | 'claimedUntil'>>, updates: readonly UpdateId[], lease?: Lease): Promise<{ readonly id: number; readonly updates: readonly UpdateId[] }>;
  /** Sets a batch; given the state `submitted`, its updates in `sending` become `submitted` too. */
  writeBatch(id: number, set: Partial<Pick<BatchRecord, 'batchId' | 'state' | 'progressAt' | 'finishedOperations'>>): Promise<void>;
  batchesInState(states: readonly BatchRecord['state'][], account?: string): Promise<readonly BatchRecord[]>;
  batchByBatchId(id: BatchId): Promise<BatchRecord | null>;
  claimBatch(id: number, claimant: string, now: Instant, until: Instant): Promise<boolean>;
  releaseBatch(id: number, claimant: string): Promise<void>;

  // Inbox of webhooks
  /** false: it was there already. */
  receive(entry: Omit<InboxEntry, 'id' | 'handledAt' | 'attempts'>): Promise<boolean>;
  /** Unhandled entries in order of `firedAt`, at most `limit`. */
  unhandled(listId: ListId, limit: number): Promise<readonly InboxEntry[]>;
  countUnhandled(listId: ListId): Promise<number>;
  /** The newest `limit` entries of these addresses that are kept, handled or not; newest first. */
  inboxOf(listId: ListId, emails: readonly EmailAddress[], limit: number): Promise<readonly InboxEntry[]>;
  /** Counts an attempt; with null the entry stays unhandled. */
  settleInbox(id: number, handledAt: Instant | null): Promise<void>;
  /** Deletes an audience's entries that were handled before a time; until then their repeats are known. */
  forgetHandled(listId: ListId, before: Instant): Promise<void>;

  // Creation claims
  /**
   * Claims addresses for making contacts; answers each address's claim as it stands, one's own or another's. A claim
   * made before `staleBefore`, or by one of `left`, was left by a crash and is taken over.
   */
  claimCreation(site: string, emails: readonly EmailAddress[], claimant: string, now: Instant, staleBefore: Instant, left?: readonly string[]): Promise<readonly CreationClaim[]>;
  /** All claims on a site: those of creations under way, and those that were left. */
  creationClaims(site: string): Promise<readonly CreationClaim[]>;
  /** Gives claims their contact; null gives the claim back. */
  settleCreation(site: string, made: readonly { readonly email: EmailAddress; readonly contactId: ContactId | null }[]): Promise<void>;

  close(): Promise<void>;
}
