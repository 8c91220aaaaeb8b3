import type { Instant } from '../../base/clock.ts';
import type { BatchId, ListId } from '../../base/ids.ts';
import type { BatchRecord } from '../entities.ts';

/** A line of the batch table. */
export interface BatchColumns {
  readonly id: number;
  readonly account: string;
  readonly mailchimp_list_id: ListId;
  readonly mailchimp_batch_id: BatchId | null;
  readonly state: BatchRecord['state'];
  readonly operations: number;
  readonly created_at: Instant;
  readonly progress_at: Instant;
  readonly finished_operations: number;
  readonly claimed_by: string | null;
  readonly claimed_until: Instant | null;
}

export const batchOf = (columns: BatchColumns): BatchRecord => ({
  id: columns.id,
  account: columns.account,
  listId: columns.mailchimp_list_id,
  batchId: columns.mailchimp_batch_id,
  state: columns.state,
  operations: columns.operations,
  createdAt: columns.created_at,
  progressAt: columns.progress_at,
  finishedOperations: columns.finished_operations,
  claimedBy: columns.claimed_by,
  claimedUntil: columns.claimed_until,
});
