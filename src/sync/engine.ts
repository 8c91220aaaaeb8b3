import type { AxiosAdapter } from 'axios';

import type { Clock, Instant } from '../base/clock.ts';
import type { RunId, ListId, BatchId } from '../base/ids.ts';
import type { Random } from '../base/random.ts';
import type { Settings } from '../settings/settings.ts';
import type { BatchRecord, FailReason, HeldPlan, PeopleByKind, Run, StageName, SyncStatus } from '../store/entities.ts';
import type { Store } from '../store/store.ts';
import type { ApproveOptions, RejectOptions } from './approve.ts';
import type { HookRunner } from './data/hook-runner.ts';
import type { ExplainOptions, Explanation } from './explain/explain.ts';
import type { PersonAsked } from './explain/known.ts';
import type { PlanPage, PlanView } from './plan-view.ts';
import type { Counts, Progress, RunRequest } from './stage.ts';
import type { WebhookAction, WebhookReport } from './webhooks/administer.ts';
import type { WebhookStatus } from './webhooks/health.ts';
import type { AdministerOptions } from './webhooks/webhooks.ts';

/** What nodes and commands work with: one engine a config node. All of it is safe to call at the same time. */
export interface Engine {
  readonly settings: Settings;
  /**
   * Begins or resumes a run of an audience. Checks what must be true first (CiviCRM answers and may be read,
   * the audience, its groups and interests exist) and throws the `SyncError` of what is not.
   */
  start(listId: ListId, request: RunRequest): Promise<StartOutcome>;
  /** Runs one stage of a run. `passed`: the run is over, another's, or past this stage; let the message through untouched. */
  runStage(stage: StageName, runId: RunId, options: StageOptions): Promise<StageOutcome>;
  /** Ends an audience's running run; queued updates stay for the next one. */
  abort(listId: ListId): Promise<Run | null>;
  /** Lets people who are refused be asked for once more, those of one reason or (null) all; how many. */
  release(listId: ListId, reason: FailReason | null): Promise<number>;
  /** The plan that waits for approval, else the last dry run's, with some of its people; null: there is none. */
  plan(listId: ListId, page: PlanPage): Promise<PlanView | null>;
  /** The same with all of its people, as CSV. */
  planAsCsv(listId: ListId): Promise<string | null>;
  /**
   * Applies the plan that waits for approval, but for some people; where none does, lets the webhooks through that wait
   * because of the limits. Throws `plan_missing` when nothing waits, or another plan than was named; `busy` while the audience is worked on.
   */
  approve(listId: ListId, options: ApproveOptions): Promise<Counts>;
  /** Drops the plan that waits; its people are decided anew by the next run. Throws as `approve` does. */
  reject(listId: ListId, options: RejectOptions): Promise<Counts>;
  /**
   * Why a person is subscribed or not, at the audiences named or (null) all: what is known, what was done, what is now and
   * what would happen. Writes nothing to the store or to either service, and works beside a run.
   */
  explain(person: PersonAsked, options: ExplainOptions): Promise<Explanation>;
  status(): Promise<readonly AudienceStatus[]>;
  /** Polls batches (all open ones, or the one announced), settles their results and gives up what makes no progress. */
  handleBatches(options: { readonly batchId?: BatchId; readonly signal: AbortSignal }): Promise<Counts>;
  /** Checks a list webhook and stores it in the inbox; the answer is to be sent before `handleInbox`. */
  receiveWebhook(request: WebhookRequest): Promise<WebhookAnswer>;
  /** Checks a batch webhook; `batchId` names the batch that it announces. */
  receiveBatchWebhook(request: WebhookRequest): Promise<WebhookAnswer & { readonly batchId?: BatchId }>;
  /** Looks at, adds, puts right or deletes the webhooks at Mailchimp, those of batches too. */
  administerWebhooks(action: WebhookAction, options: AdministerOptions): Promise<readonly WebhookReport[]>;
  /** Handles what waits in the inbox, person by person. */
  handleInbox(options: { readonly signal: AbortSignal }): Promise<Counts>;
  /** Requests sent so far by service and kind. */
  requests(): { readonly mailchimp: ReadonlyMap<string, number>; readonly civicrm: ReadonlyMap<string, number> };
  close(): Promise<void>;
}

export type StartOutcome =
  | { readonly kind: 'started' | 'resumed'; readonly run: Run }
  | { readonly kind: 'not_started'; readonly reason: 'busy' | 'held' | 'disabled'; readonly run: Run | null };

export interface StageOptions {
  readonly progress?: (progress: Progress) => void;
  readonly signal: AbortSignal;
  /** A hook of the flow, for the stage `dataHooks`: that stage may then run once for each hook, by its name. */
  readonly hook?: HookRunner;
  /** This stage is the last of its flow: the run ends with it. */
  readonly last?: boolean;
}

export type StageOutcome =
  | { readonly kind: 'done'; readonly counts: Counts; readonly run: Run; /** The plan that is held, or that a dry run made. */ readonly plan?: HeldPlan }
  | { readonly kind: 'passed' };

export interface AudienceStatus {
  readonly listId: ListId;
  readonly name: string;
  readonly rows: Readonly<Record<SyncStatus, number>>;
  readonly fails: Readonly<Record<string, number>>;
  readonly lastRun: Run | null;
  readonly fetchedAt: Instant | null;
  readonly openBatches: readonly BatchRecord[];
  readonly queuedUpdates: number;
  readonly inbox: number;
  readonly brake: BrakeStatus;
  readonly webhooks: WebhookStatus;
}

/** How the brake stands (algorithm.md, "The brake"). */
export interface BrakeStatus {
  /** The plan that waits for approval. */
  readonly held: HeldPlan | null;
  /** People changed in the last 24 hours, or since the last approval. */
  readonly people: PeopleByKind;
  /** How many may be of each kind, by the sides as they were at the last run that measured them. */
  readonly limit: number;
  /** Webhooks that waited because of the limits when the inbox was last handled here. */
  readonly webhooksBeyondLimits: number;
}

/** A webhook as the HTTP layer hands it over. */
export interface WebhookRequest {
  readonly method: string;
  readonly query: Readonly<Record<string, unknown>>;
  /** Parsed body (nested objects, or flat `data[id]` keys), or the raw bytes. */
  readonly body: unknown;
  readonly headers: Readonly<Record<string, unknown>>;
}

/** What the service that called is to be answered. */
export interface WebhookAnswer {
  readonly status: 200 | 400 | 401 | 413;
  readonly body: string;
  /** The audience concerned, when the webhook was stored. */
  readonly listId?: ListId;
}

export interface EngineOptions {
  readonly store: Store;
  readonly clock?: Clock;
  readonly random?: Random;
  /** In place of real connections: an axios adapter, for tests against services in the same process. */
  readonly adapter?: AxiosAdapter;
  /** A line for the log; never holds secrets or people's data. */
  readonly log?: (text: string) => void;
}

/** Makes an engine on an open store. */
export type OpenEngine = (settings: Settings, options: EngineOptions) => Promise<Engine>;
