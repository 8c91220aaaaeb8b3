import type { ListId } from '../base/ids.ts';
import type { Store } from '../store/store.ts';
import { isDead } from './holder.ts';

/** A run of a process that is no more can be resumed at once: whether its lease was ended. */
export async function endLeaseOfDead(store: Store, listId: ListId): Promise<boolean> {
  const holder = await store.leaseHolder(listId);
  if (holder === null || !isDead(holder)) return false;
  await store.endLeaseOf(listId, holder);
  return true;
}
