import { SyncError } from '../../base/errors.ts';
import type { ListId, RunId } from '../../base/ids.ts';
import { writeJson } from '../columns/json.ts';
import { runOf, type RunColumns } from '../columns/run-columns.ts';
import type { Run } from '../entities.ts';
import type { Database } from './database.ts';
import { dropLease, endLeaseOf, extendLease, leaseHasRunOut, leaseHolder, mayTake, requireLease, takeLease } from './leases.ts';
import type { StoreMethods } from './methods.ts';

const BY_ID = 'SELECT * FROM mailchimpsync_run WHERE id = ?';
const RUNNING = `
  SELECT * FROM mailchimpsync_run INDEXED BY mailchimpsync_run_running WHERE mailchimp_list_id = ? AND state = 'running'`;
const NEWEST = `
  SELECT * FROM mailchimpsync_run INDEXED BY mailchimpsync_run_started
  WHERE mailchimp_list_id = ? ORDER BY started_at DESC, rowid DESC LIMIT ?`;
const INSERT = `
  INSERT INTO mailchimpsync_run (id, mailchimp_list_id, mode, since, with_data, dry_run, state, cursor, counts, started_at)
  VALUES (?, ?, ?, ?, ?, ?, 'running', 'null', '{}', ?)`;
const COMPLETE_STAGE = `UPDATE mailchimpsync_run SET stage = ?, counts = ?, cursor = 'null' WHERE id = ?`;
const WRITE_CURSOR = 'UPDATE mailchimpsync_run SET cursor = ? WHERE id = ?';
const FINISH = 'UPDATE mailchimpsync_run SET state = ?, ended_at = ?, error_code = ? WHERE id = ?';

/** Where the stage under way goes on after a stop. */
export const writeCursor = (database: Database, id: RunId, cursor: unknown): void => {
  database.run(WRITE_CURSOR, writeJson(cursor), id);
};

type RunMethods = Pick<
  StoreMethods,
  'startRun' | 'takeLease' | 'leaseHolder' | 'endLeaseOf' | 'renewLease' | 'completeStage' | 'finishRun' | 'abortRun' | 'run' | 'runs'
>;

/** Runs and the lease that each holds on its audience. */
export const runMethods = (database: Database): RunMethods => {
  const find = (sql: string, key: RunId | ListId): Run | null => {
    const found = database.get(sql, key) as RunColumns | null;
    return found && runOf(found);
  };
  const insert = (run: Parameters<StoreMethods['startRun']>[0]): Run => {
    database.run(INSERT, run.id, run.listId, run.mode, run.since, Number(run.withData), Number(run.dryRun), run.startedAt);
    return { ...run, state: 'running', stage: null, cursor: null, counts: {}, endedAt: null, errorCode: null };
  };
  return {
    startRun: (run, holder, now, duration) =>
      database.write(() => {
        const unfinished = find(RUNNING, run.listId);
        if (unfinished === null) {
          const earlier = find(BY_ID, run.id);
          if (earlier) throw new SyncError('internal', `The run ${run.id} is over (${earlier.state}): a new run needs an id of its own.`);
          const started = insert(run);
          return { kind: 'started', run: started, lease: takeLease(database, run.listId, run.id, holder, now + duration) };
        }
        const asksForIt = run.id === unfinished.id;
        const free = asksForIt ? mayTake(database, run.listId, holder, now) : leaseHasRunOut(database, run.listId, now);
        if (!free) return { kind: 'busy', run: unfinished };
        return { kind: 'resumed', run: unfinished, lease: takeLease(database, run.listId, unfinished.id, holder, now + duration) };
      }),
    takeLease: (id, holder, now, duration) =>
      database.write(() => {
        const run = find(BY_ID, id);
        if (run?.state !== 'running' || !mayTake(database, run.listId, holder, now)) return null;
        return takeLease(database, run.listId, id, holder, now + duration);
      }),
    leaseHolder: (listId) => leaseHolder(database, listId),
    endLeaseOf: (listId, holder) => endLeaseOf(database, listId, holder),
    renewLease: (lease, now, duration) =>
      database.write(() => {
        requireLease(database, lease.listId, lease);
        extendLease(database, lease, now, duration);
      }),
    completeStage: (lease, { stage, counts }, now, gap) =>
      database.write(() => {
        requireLease(database, lease.listId, lease);
        database.run(COMPLETE_STAGE, stage, writeJson(counts), lease.runId);
        extendLease(database, lease, now, gap);
      }),
    finishRun: (lease, state, now, errorCode) =>
      database.write(() => {
        requireLease(database, lease.listId, lease);
        database.run(FINISH, state, now, errorCode, lease.runId);
        dropLease(database, lease.listId);
      }),
    abortRun: (listId, now) =>
      database.write(() => {
        const running = find(RUNNING, listId);
        if (running === null) return null;
        database.run(FINISH, 'aborted', now, null, running.id);
        dropLease(database, listId);
        return { ...running, state: 'aborted', endedAt: now };
      }),
    run: (id) => find(BY_ID, id),
    runs: (listId, limit) => (database.all(NEWEST, listId, limit) as readonly RunColumns[]).map(runOf),
  };
};
