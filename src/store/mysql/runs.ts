import { SyncError } from '../../base/errors.ts';
import type { ListId, RunId } from '../../base/ids.ts';
import { writeJson } from '../columns/json.ts';
import { runOf, type RunColumns } from '../columns/run-columns.ts';
import type { Run } from '../entities.ts';
import type { RunStart, Store } from '../store.ts';
import type { Connection } from './connection.ts';
import type { Database } from './database.ts';
import { dropLease, endLeaseOf, extendLease, hasRunOut, leaseHolder, lockedLease, mayTake, requireLease, takeLease } from './leases.ts';

const BY_ID = 'SELECT * FROM {run} WHERE id = ?';
const RUNNING = `SELECT * FROM {run} WHERE mailchimp_list_id = ? AND state = 'running'`;
const NEWEST = 'SELECT * FROM {run} WHERE mailchimp_list_id = ? ORDER BY started_at DESC, number DESC LIMIT ?';
const INSERT = `
  INSERT INTO {run} (id, mailchimp_list_id, mode, since, with_data, dry_run, state, \`cursor\`, counts, started_at)
  VALUES (?, ?, ?, ?, ?, ?, 'running', 'null', '{}', ?)`;
const COMPLETE_STAGE = `UPDATE {run} SET stage = ?, counts = ?, \`cursor\` = 'null' WHERE id = ?`;
const WRITE_CURSOR = 'UPDATE {run} SET `cursor` = ? WHERE id = ?';
const FINISH = 'UPDATE {run} SET state = ?, ended_at = ?, error_code = ? WHERE id = ?';

/** Where the stage under way goes on after a stop. */
export const writeCursor = async (connection: Connection, id: RunId, cursor: unknown): Promise<void> => {
  await connection.run(WRITE_CURSOR, writeJson(cursor), id);
};

const find = async (connection: Connection, sql: string, key: RunId | ListId): Promise<Run | null> => {
  const found = (await connection.get(sql, key)) as RunColumns | null;
  return found && runOf(found);
};

const insert = async (connection: Connection, run: Parameters<Store['startRun']>[0]): Promise<Run> => {
  await connection.run(INSERT, run.id, run.listId, run.mode, run.since, Number(run.withData), Number(run.dryRun), run.startedAt);
  return { ...run, state: 'running', stage: null, cursor: null, counts: {}, endedAt: null, errorCode: null };
};

type RunMethods = Pick<
  Store,
  'startRun' | 'takeLease' | 'leaseHolder' | 'endLeaseOf' | 'renewLease' | 'completeStage' | 'finishRun' | 'abortRun' | 'run' | 'runs'
>;

/** Runs and the lease that each holds on its audience; an audience's runs begin and end under the lock of its lease. */
export const runMethods = (database: Database): RunMethods => ({
  startRun: (run, holder, now, duration) =>
    database.write(async (connection): Promise<RunStart> => {
      const lease = await lockedLease(connection, run.listId);
      const unfinished = await find(connection, RUNNING, run.listId);
      if (unfinished === null) {
        const earlier = await find(connection, BY_ID, run.id);
        if (earlier) throw new SyncError('internal', `The run ${run.id} is over (${earlier.state}): a new run needs an id of its own.`);
        const started = await insert(connection, run);
        return { kind: 'started', run: started, lease: await takeLease(connection, lease, run.listId, run.id, holder, now + duration) };
      }
      const asksForIt = run.id === unfinished.id;
      const free = asksForIt ? mayTake(lease, holder, now) : hasRunOut(lease, now);
      if (!free) return { kind: 'busy', run: unfinished };
      return { kind: 'resumed', run: unfinished, lease: await takeLease(connection, lease, run.listId, unfinished.id, holder, now + duration) };
    }),
  takeLease: (id, holder, now, duration) =>
    database.write(async (connection) => {
      const listId = (await find(connection, BY_ID, id))?.listId;
      if (listId === undefined) return null;
      const lease = await lockedLease(connection, listId);
      const run = await find(connection, BY_ID, id);
      if (run?.state !== 'running' || !mayTake(lease, holder, now)) return null;
      return takeLease(connection, lease, listId, id, holder, now + duration);
    }),
  leaseHolder: (listId) => database.read((connection) => leaseHolder(connection, listId)),
  endLeaseOf: (listId, holder) => database.write((connection) => endLeaseOf(connection, listId, holder)),
  renewLease: (lease, now, duration) => database.write((connection) => extendLease(connection, lease, now, duration)),
  completeStage: (lease, { stage, counts }, now, gap) =>
    database.write(async (connection) => {
      await extendLease(connection, lease, now, gap);
      await connection.run(COMPLETE_STAGE, stage, writeJson(counts), lease.runId);
    }),
  finishRun: (lease, state, now, errorCode) =>
    database.write(async (connection) => {
      await requireLease(connection, lease.listId, lease);
      await connection.run(FINISH, state, now, errorCode, lease.runId);
      await dropLease(connection, lease.listId);
    }),
  abortRun: (listId, now) =>
    database.write(async (connection) => {
      await lockedLease(connection, listId);
      const running = await find(connection, RUNNING, listId);
      if (running === null) return null;
      await connection.run(FINISH, 'aborted', now, null, running.id);
      await dropLease(connection, listId);
      return { ...running, state: 'aborted', endedAt: now };
    }),
  run: (id) => database.read((connection) => find(connection, BY_ID, id)),
  runs: (listId, limit) => database.read(async (connection) => ((await connection.all(NEWEST, listId, limit)) as readonly RunColumns[]).map(runOf)),
});
