import { batchOf, type BatchColumns } from '../columns/batch-columns.ts';
import type { Store } from '../store.ts';
import type { Database } from './database.ts';
import { requireLease } from './leases.ts';

const INSERT = `
  INSERT INTO {batch} (account, mailchimp_list_id, state, operations, created_at, progress_at, finished_operations, claimed_by, claimed_until)
  VALUES (?, ?, 'sending', 0, ?, ?, 0, ?, ?)`;
const QUEUED = `
  SELECT id FROM {update} WHERE mailchimp_list_id = ? AND side = 'mailchimp' AND state = 'queued' AND id IN (…) ORDER BY id FOR UPDATE`;
const SEND_UPDATES = `UPDATE {update} SET state = 'sending', mailchimpsync_batch_id = ?, sent_at = ? WHERE id IN (…)`;
const FILL = 'UPDATE {batch} SET operations = ?, state = ? WHERE id = ?';
const BY_ID = 'SELECT * FROM {batch} WHERE id = ? FOR UPDATE';
const BY_BATCH_ID = 'SELECT * FROM {batch} WHERE mailchimp_batch_id = ?';
const IN_STATE = 'SELECT * FROM {batch} WHERE (? IS NULL OR account = ?) AND state IN (…) ORDER BY id';
const WRITE = 'UPDATE {batch} SET mailchimp_batch_id = ?, state = ?, progress_at = ?, finished_operations = ? WHERE id = ?';
const SUBMIT_UPDATES = `UPDATE {update} SET state = 'submitted' WHERE mailchimpsync_batch_id = ? AND state = 'sending'`;
const CLAIM = `
  UPDATE {batch} SET claimed_by = ?, claimed_until = ?
  WHERE id = ? AND (claimed_by IS NULL OR claimed_by = ? OR claimed_until <= ?)`;
const RELEASE = 'UPDATE {batch} SET claimed_by = NULL, claimed_until = NULL WHERE id = ? AND claimed_by = ?';

type BatchMethods = Pick<Store, 'openBatch' | 'writeBatch' | 'batchesInState' | 'batchByBatchId' | 'claimBatch' | 'releaseBatch'>;

/** Batches, from before they are sent until they are settled or given up. */
export const batchMethods = (database: Database): BatchMethods => ({
  openBatch: ({ account, listId, createdAt, claimedBy = null, claimedUntil = null }, updates, lease) =>
    database.write(async (connection) => {
      if (lease) await requireLease(connection, listId, lease);
      const { id } = await connection.run(INSERT, account, listId, createdAt, createdAt, claimedBy, claimedUntil);
      const queued = new Set(((await connection.allIn(QUEUED, updates, listId)) as readonly { readonly id: number }[]).map((line) => line.id));
      const moved = updates.filter((update) => queued.delete(update));
      await connection.runIn(SEND_UPDATES, moved, id, createdAt);
      // A batch of nothing has nothing to be sent or waited for.
      await connection.run(FILL, moved.length, moved.length > 0 ? 'sending' : 'settled', id);
      return { id, updates: moved };
    }),
  writeBatch: (id, set) =>
    database.write(async (connection) => {
      const batch = (await connection.get(BY_ID, id)) as BatchColumns | null;
      if (batch === null) return;
      await connection.run(
        WRITE,
        set.batchId === undefined ? batch.mailchimp_batch_id : set.batchId,
        set.state ?? batch.state,
        set.progressAt ?? batch.progress_at,
        set.finishedOperations ?? batch.finished_operations,
        id,
      );
      if (set.state === 'submitted') await connection.run(SUBMIT_UPDATES, id);
    }),
  batchesInState: async (states, account) => {
    const named = account ?? null;
    const found = (await database.read((connection) => connection.allIn(IN_STATE, states, named, named))) as readonly BatchColumns[];
    return found.map(batchOf);
  },
  batchByBatchId: async (id) => {
    const found = (await database.read((connection) => connection.get(BY_BATCH_ID, id))) as BatchColumns | null;
    return found && batchOf(found);
  },
  claimBatch: async (id, claimant, now, until) => (await database.run(CLAIM, claimant, until, id, claimant, now)).changes === 1,
  releaseBatch: async (id, claimant) => {
    await database.run(RELEASE, id, claimant);
  },
});
