import type { MailchimpUpdate } from '../store/entities.ts';
import type { Unit } from '../store/store.ts';
import { commitOptions } from './commit.ts';
import type { AudienceContext } from './stage.ts';

/** Planned updates may be sent from here on; those decided anew meanwhile fall away. */
export async function queueUpdates(context: AudienceContext, updates: readonly MailchimpUpdate[]): Promise<number> {
  const units = updates.map((update): Unit => ({ updates: [{ kind: 'write', id: update.id, from: ['planned'], set: { state: 'queued' } }] }));
  const outcomes = await context.store.commit(context.settings.listId, units, commitOptions(context));
  return outcomes.filter((outcome) => outcome.kind === 'done').length;
}
