import type { ContactId, EmailAddress, ListId, RowId, RunId } from '../../base/ids.ts';
import type { MemberFacts } from '../../store/entities.ts';
import type { Data } from './datum.ts';

/** A person as a hook of the flow is shown. */
export interface HookRow {
  readonly id: RowId;
  /** The contact whose data the member gets. */
  readonly contactId: ContactId;
  /** null: not chosen yet. */
  readonly email: EmailAddress | null;
  /** The member as last seen; null: not at Mailchimp yet. */
  readonly member: Pick<MemberFacts, 'status' | 'firstName' | 'lastName' | 'mergeFields' | 'tags'> | null;
  /** What the hook gave to be kept with this row; null: nothing yet. */
  readonly memory: unknown;
}

/** What a hook wants for one person. */
export interface HookOutput {
  readonly wants: Data;
  readonly memory?: unknown;
}

/** What came back for some rows; rows that are missing stay as they are. */
export type HookAnswer = ReadonlyMap<RowId, HookOutput>;

/** What a hook is asked about. */
export interface HookRun {
  readonly runId: RunId;
  readonly listId: ListId;
  /** Everybody is asked about, not only those with changes. */
  readonly all: boolean;
}

/** A hook of the flow: asked by stage 8, answered by whoever made it. */
export interface HookRunner {
  /** The name that its memory is kept under. */
  readonly name: string;
  /** Rows a chunk. */
  readonly size: number;
  /** Chunks that may wait for their answer at a time. */
  readonly window: number;
  /** Asked about everybody in each run with data, not once a day. */
  readonly everybody: boolean;
  /** Once a run, before the rows: to load in bulk what they will need. Resolves when that is done; `skip`: it failed, and the rows are not to be asked about. */
  before(run: HookRun, signal: AbortSignal): Promise<'ready' | 'skip'>;
  /**
   * Asks about a chunk. Resolves with what came back, read by `read`, which throws `hook_refused` for what a hook may not
   * set; null: the chunk is skipped. Rejects when the run is to stop, and when `signal` aborts. Missing: it wants no rows.
   */
  readonly rows?: (run: HookRun, rows: readonly HookRow[], read: (answer: unknown) => HookAnswer, signal: AbortSignal) => Promise<HookAnswer | null>;
}
