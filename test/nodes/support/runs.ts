import { listId, runId } from '../../../src/base/ids.ts';
import type { Run } from '../../../src/store/entities.ts';

/** A run as the engine gives it. */
export const runLike = (changes: Partial<Run> = {}): Run => ({
  id: runId('run-1'),
  listId: listId('aaaaaaaaaa'),
  mode: 'incremental',
  since: null,
  withData: false,
  dryRun: false,
  state: 'running',
  stage: null,
  cursor: null,
  counts: {},
  startedAt: 0,
  endedAt: null,
  errorCode: null,
  ...changes,
});

/** `msg.sync` of a run between two stages. */
export const RUN_MESSAGE = { runId: 'run-1', listId: 'aaaaaaaaaa', mode: 'incremental', since: null, withData: false, dryRun: false, stage: null } as const;
