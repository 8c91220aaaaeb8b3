import type { MailchimpUpdate } from '../store/entities.ts';
import type { UpdateChange } from '../store/store.ts';
import { commitOptions } from './commit.ts';
import { lookAtMember } from './fetch.ts';
import type { AudienceContext } from './stage.ts';

/**
 * An update of unknown fate: given up, answered by a 5xx, reset, or cut off by a crash. It ends superseded but keeps its
 * claim: the value it asked for, whenever it turns up, is its relayed word. It is never sent again blindly: the member
 * is read, and the row decided anew [ghost, anew].
 */
export async function giveUp(context: AudienceContext, update: MailchimpUpdate, signal?: AbortSignal): Promise<void> {
  const { store, settings, clock } = context;
  const ended: UpdateChange = { kind: 'write', id: update.id, from: ['sending', 'submitted'], set: { state: 'superseded', claims: true, endedAt: clock.now() } };
  const row = update.rowId === null ? undefined : (await store.rowsById(settings.listId, [update.rowId]))[0];
  if (!row || (row.memberContactId === null && row.email === null)) {
    await store.commit(settings.listId, [{ updates: [ended] }], commitOptions(context));
    return;
  }
  await lookAtMember(context, await store.audience(settings.listId), row, { updates: [ended], remember: (seen) => ({ ...seen, syncStatus: 'todo' }) }, signal);
}
