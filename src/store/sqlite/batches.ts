import { batchOf, type BatchColumns } from '../columns/batch-columns.ts';
import { writeJson } from '../columns/json.ts';
import type { Database } from './database.ts';
import { requireLease } from './leases.ts';
import type { StoreMethods } from './methods.ts';

const INSERT = `
  INSERT INTO mailchimpsync_batch (account, mailchimp_list_id, state, operations, created_at, progress_at, finished_operations, claimed_by, claimed_until)
  VALUES (?1, ?2, 'sending', 0, ?3, ?3, 0, ?4, ?5)`;
const SEND_UPDATE = `
  UPDATE mailchimpsync_update SET state = 'sending', mailchimpsync_batch_id = ?, sent_at = ?
  WHERE id = ? AND mailchimp_list_id = ? AND side = 'mailchimp' AND state = 'queued'`;
/** A batch of nothing has nothing to be sent or waited for. */
const FILL = `
  UPDATE mailchimpsync_batch SET operations = ?1, state = CASE WHEN ?1 > 0 THEN 'sending' ELSE 'settled' END WHERE id = ?2`;
const BY_ID = 'SELECT * FROM mailchimpsync_batch WHERE id = ?';
const BY_BATCH_ID = 'SELECT * FROM mailchimpsync_batch WHERE mailchimp_batch_id = ?';
const IN_STATE = `
  SELECT * FROM mailchimpsync_batch
  WHERE state IN (SELECT value FROM json_each(?1)) AND (?2 IS NULL OR account = ?2) ORDER BY id`;
const WRITE = `
  UPDATE mailchimpsync_batch SET mailchimp_batch_id = ?, state = ?, progress_at = ?, finished_operations = ? WHERE id = ?`;
const SUBMIT_UPDATES = `
  UPDATE mailchimpsync_update SET state = 'submitted' WHERE mailchimpsync_batch_id = ? AND state = 'sending'`;
const CLAIM = `
  UPDATE mailchimpsync_batch SET claimed_by = ?1, claimed_until = ?2
  WHERE id = ?3 AND (claimed_by IS NULL OR claimed_by = ?1 OR claimed_until <= ?4)`;
const RELEASE = 'UPDATE mailchimpsync_batch SET claimed_by = NULL, claimed_until = NULL WHERE id = ? AND claimed_by = ?';

type BatchMethods = Pick<StoreMethods, 'openBatch' | 'writeBatch' | 'batchesInState' | 'batchByBatchId' | 'claimBatch' | 'releaseBatch'>;

/** Batches, from before they are sent until they are settled or given up. */
export const batchMethods = (database: Database): BatchMethods => ({
  openBatch: ({ account, listId, createdAt, claimedBy = null, claimedUntil = null }, updates, lease) =>
    database.write(() => {
      if (lease) requireLease(database, listId, lease);
      const { id } = database.run(INSERT, account, listId, createdAt, claimedBy, claimedUntil);
      const moved = updates.filter((update) => database.run(SEND_UPDATE, id, createdAt, update, listId).changes === 1);
      database.run(FILL, moved.length, id);
      return { id, updates: moved };
    }),
  writeBatch: (id, set) =>
    database.write(() => {
      const batch = database.get(BY_ID, id) as BatchColumns | null;
      if (batch === null) return;
      database.run(
        WRITE,
        set.batchId === undefined ? batch.mailchimp_batch_id : set.batchId,
        set.state ?? batch.state,
        set.progressAt ?? batch.progress_at,
        set.finishedOperations ?? batch.finished_operations,
        id,
      );
      if (set.state === 'submitted') database.run(SUBMIT_UPDATES, id);
    }),
  batchesInState: (states, account) => (database.all(IN_STATE, writeJson(states), account ?? null) as readonly BatchColumns[]).map(batchOf),
  batchByBatchId: (id) => {
    const found = database.get(BY_BATCH_ID, id) as BatchColumns | null;
    return found && batchOf(found);
  },
  claimBatch: (id, claimant, now, until) => database.run(CLAIM, claimant, until, id, now).changes === 1,
  releaseBatch: (id, claimant) => {
    database.run(RELEASE, id, claimant);
  },
});
