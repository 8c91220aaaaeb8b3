import type { Clock, Duration, Instant } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import type { GroupId, RunId } from '../base/ids.ts';
import type { ContactData } from '../civicrm/contact-data.ts';
import type { CivicrmReader } from '../civicrm/reader.ts';
import type { CivicrmWriter } from '../civicrm/writer.ts';
import type { MailchimpApi } from '../mailchimp/api.ts';
import type { AudienceSettings, CivicrmSettings } from '../settings/settings.ts';
import type { Run } from '../store/entities.ts';
import type { Lease, Store } from '../store/store.ts';
import type { HookRunner } from './data/hook-runner.ts';

/** What a stage counted, by name, for people and for the next stage's message. */
export type Counts = Readonly<Record<string, number>>;

/** How far a stage is; `total` null when unknown. */
export interface Progress {
  readonly done: number;
  readonly total: number | null;
}

/** Everything that the sync of one audience works with. */
export interface AudienceContext {
  readonly settings: AudienceSettings;
  readonly civicrmSettings: CivicrmSettings;
  readonly store: Store;
  readonly mailchimp: MailchimpApi;
  readonly civicrm: CivicrmReader;
  readonly civicrmWriter: CivicrmWriter;
  readonly contactData: ContactData;
  /** The bound groups whose members follow from a search; asked for once. */
  readonly smartGroups: (signal?: AbortSignal) => Promise<ReadonlySet<GroupId>>;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: (text: string) => void;
  /** Who this engine is, as a holder of leases and claims. */
  readonly holder: string;
  /** Told when somebody was changed at Mailchimp by others than us, with the member's `last_changed`. */
  readonly sawChange?: (lastChanged: Instant) => void;
  /** A run's; handlers of webhooks and batches work without. */
  readonly lease?: Lease;
}

/** What a stage is given beside: its run, the lease that its writes carry, and how to report and stop. */
export interface StageContext extends AudienceContext {
  readonly run: Run;
  readonly lease: Lease;
  readonly progress: (progress: Progress) => void;
  /** A hook of the flow, for the stage `dataHooks`. */
  readonly hook?: HookRunner;
  readonly signal: AbortSignal;
}

/** One stage of algorithm.md: works in chunks, may be stopped between two, gives the same result when run again. */
export type Stage = (context: StageContext) => Promise<Counts>;

/** Options of a run as a message or a caller asks for it. */
export interface RunRequest {
  readonly mode: Run['mode'];
  readonly since: Instant | null;
  readonly withData: boolean;
  readonly dryRun: boolean;
  readonly id?: RunId;
}

/** How long a lease lives while a stage works (it is renewed at a third of it), and between two stages. */
export const LEASE: Duration = 60_000;
export const STAGE_GAP: Duration = 600_000;
