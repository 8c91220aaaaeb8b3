import type { RunId } from '../base/ids.ts';
import type { AudienceState, CivicrmUpdate, MailchimpUpdate, Row } from '../store/entities.ts';
import { applyCivicrm } from './apply-civicrm.ts';
import { cleanAmong } from './clean-duplicates.ts';
import { unique } from './collections.ts';
import { createFor } from './create-contacts.ts';
import { dropUpdates } from './drop-planned.ts';
import { reasonsToWait } from './people-changed.ts';
import { planRows } from './plan.ts';
import { findContacts } from './populate.ts';
import { queueUpdates } from './queue-updates.ts';
import { removeFrom } from './remove-invalid.ts';
import type { AudienceContext } from './stage.ts';
import { sendSingly } from './submit.ts';

/** A refusal may ask for a second round (compliance), and the answer of that is decided in a third. */
const ROUNDS = 3;

export interface SyncRowsOptions {
  readonly withData: boolean;
  /** Whether the brake holds; it does not for a person's own unsubscribe, nor for what somebody approved. */
  readonly isLimited: boolean;
  /** The approval; null: none was needed. */
  readonly by: RunId | null;
  readonly signal?: AbortSignal | undefined;
}

/**
 * `left`: a row stays `todo`, because somebody else has it now or an update of it is under way.
 * `beyond`: the rows stay `todo`, because more people would be changed than the limits allow.
 */
export type RowsSynced = 'done' | 'left' | 'beyond';

/**
 * Syncs some rows at once, outside a run: finds or makes their contacts, decides, applies and sends. It takes claims on
 * the rows, not the audience's lease, so it never waits for a run.
 */
export async function syncRows(context: AudienceContext, rows: readonly Row[], options: SyncRowsOptions): Promise<RowsSynced> {
  const { store, settings } = context;
  const { signal } = options;
  const ids = rows.map((row) => row.id);
  const again = (): Promise<readonly Row[]> => store.rowsById(settings.listId, ids);
  const audience = await store.audience(settings.listId);
  await removeFrom(context, audience, await again(), { moved: 0, left: 0, deleted: 0 }, signal);
  await findContacts(context, (await again()).filter((row) => row.contactId === null && row.email !== null), signal);
  if (!(await createFor(context, await again(), options))) return 'beyond';
  const contacts = unique((await again()).flatMap((row) => row.contactId ?? []));
  if (contacts.length > 0) await cleanAmong(context, await store.rowsByContact(settings.listId, contacts), signal);

  for (let round = 0; round < ROUNDS; round++) {
    const todo = (await again()).filter((row) => row.syncStatus === 'todo');
    if (todo.length === 0) return 'done';
    const outcome = await syncRound(context, todo, audience, options);
    if (outcome === 'beyond') return outcome;
    if (outcome === 'nothing') break;
  }
  return (await again()).every((row) => row.syncStatus !== 'todo') ? 'done' : 'left';
}

/** Decides, applies and sends once. Settling leaves a row to be decided again: usually nothing is left to do then. */
async function syncRound(context: AudienceContext, todo: readonly Row[], audience: AudienceState, { withData, isLimited, by, signal }: SyncRowsOptions): Promise<'something' | 'nothing' | 'beyond'> {
  const planned = await planRows(context, todo, { audience, runId: by, withData, signal });
  const updates = (await context.store.openUpdates(context.settings.listId, planned.rows, [])).filter((update) => update.state === 'planned' && update.runId === by);
  if (isLimited && (await reasonsToWait(context, planned.kinds)).length > 0) {
    await dropUpdates(context, updates);
    return 'beyond';
  }
  await applyCivicrm(context, updates.filter((update): update is CivicrmUpdate => update.side === 'civicrm'), { signal });
  const toSend = updates.filter((update): update is MailchimpUpdate => update.side === 'mailchimp');
  await queueUpdates(context, toSend);
  await sendSingly(context, toSend, signal);
  return updates.length > 0 ? 'something' : 'nothing';
}
