import { SyncError } from '../base/errors.ts';
import type { ListId } from '../base/ids.ts';
import type { Unit } from './store.ts';

/** Throws `internal` when a unit of a commit holds a change for another audience: a commit is one audience's. */
export const requireSameAudience = (unit: Unit, listId: ListId): void => {
  const named = [
    ...(unit.rows ?? []).map((change) => (change.kind === 'delete' ? listId : change.row.listId)),
    ...(unit.updates ?? []).map((change) => (change.kind === 'insert' ? change.update.listId : listId)),
  ];
  const other = named.find((name) => name !== listId);
  if (other !== undefined) throw new SyncError('internal', `A commit for the audience ${listId} holds a change for the audience ${other}.`);
};
