import type { Instant } from '../../base/clock.ts';
import type { ListId, RunId } from '../../base/ids.ts';
import type { Run, RunMode, StageName } from '../entities.ts';
import { readJson } from './json.ts';

/** A line of the run table. */
export interface RunColumns {
  readonly id: RunId;
  readonly mailchimp_list_id: ListId;
  readonly mode: RunMode;
  readonly since: Instant | null;
  readonly with_data: number;
  readonly dry_run: number;
  readonly state: Run['state'];
  readonly stage: StageName | null;
  readonly cursor: string;
  readonly counts: string;
  readonly started_at: Instant;
  readonly ended_at: Instant | null;
  readonly error_code: string | null;
}

export const runOf = (columns: RunColumns): Run => ({
  id: columns.id,
  listId: columns.mailchimp_list_id,
  mode: columns.mode,
  since: columns.since,
  withData: columns.with_data === 1,
  dryRun: columns.dry_run === 1,
  state: columns.state,
  stage: columns.stage,
  cursor: readJson(columns.cursor),
  counts: readJson(columns.counts) as Run['counts'],
  startedAt: columns.started_at,
  endedAt: columns.ended_at,
  errorCode: columns.error_code,
});
