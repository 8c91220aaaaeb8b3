import { SyncError } from '../base/errors.ts';
import type { Lease } from './store.ts';

/** What a write gets whose lease is no longer the audience's current one. */
export const leaseLost = (lease: Lease): SyncError =>
  new SyncError(
    'lease_lost',
    `Run ${lease.runId} no longer holds the audience ${lease.listId}: it was taken over, aborted or is over. Nothing was written; another run does the work.`,
  );
