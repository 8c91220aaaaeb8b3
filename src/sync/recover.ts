import { codeOf } from '../base/errors.ts';
import type { BatchRecord, CivicrmUpdate, Row, Update } from '../store/entities.ts';
import { distinctRows } from './collections.ts';
import { commitOptions, markTodo } from './commit.ts';
import { giveUp } from './give-up.ts';
import { isDead } from './holder.ts';
import { Outage } from './outage.ts';
import { pagesOfUpdates } from './pages.ts';
import type { AudienceContext } from './stage.ts';

/**
 * What a crash left half done is never done again blindly. A write to CiviCRM is decided anew (CiviCRM shows what became
 * of it); a write to Mailchimp is of unknown fate: the member is read [ghost]. Only what nobody living has claimed. Whom
 * Mailchimp cannot tell of is left to the next time, so that nobody else has to wait.
 */
export async function recover(context: AudienceContext, signal?: AbortSignal): Promise<number> {
  const civicrm = await orphans(context, 'civicrm');
  for (const update of civicrm) await decideAnew(context, update);
  const mailchimp = (await orphans(context, 'mailchimp')).filter((update) => update.batch === null);
  const outage = new Outage();
  let recovered = civicrm.length;
  for (const update of mailchimp) if (await outage.reached(() => giveUp(context, update, signal))) recovered += 1;
  const left = civicrm.length + mailchimp.length - recovered;
  if (left > 0) context.log(`Mailchimp cannot tell just now (${codeOf(outage.failure)}) what became of ${left} of the updates that were under way; their people are looked at again, nobody waits for them.`);
  return recovered;
}

/** Whether whoever claimed something is gone: its claim is given back, has run out, or its process is dead. */
export const isAbandoned = (claim: Pick<Row | BatchRecord, 'claimedBy' | 'claimedUntil'>, now: number): boolean =>
  claim.claimedBy === null || (claim.claimedUntil ?? 0) <= now || isDead(claim.claimedBy);

async function orphans<Side extends Update['side']>(context: AudienceContext, side: Side): Promise<readonly Extract<Update, { side: Side }>[]> {
  const { store, settings, clock } = context;
  const found: Extract<Update, { side: Side }>[] = [];
  for await (const page of pagesOfUpdates(context, side, 'sending')) {
    const rows = new Map((await store.rowsById(settings.listId, page.flatMap((update) => update.rowId ?? []))).map((row) => [row.id, row]));
    const abandoned = page.filter((update) => isAbandoned(rows.get(update.rowId!) ?? { claimedBy: null, claimedUntil: null }, clock.now()));
    // Whoever gave the claim back before the rows were read may have settled the update before that.
    const sending = new Set((await store.updatesById(abandoned.map((update) => update.id))).filter((update) => update.state === 'sending').map((update) => update.id));
    found.push(...abandoned.filter((update) => sending.has(update.id)));
  }
  return found;
}

async function decideAnew(context: AudienceContext, update: CivicrmUpdate): Promise<void> {
  const { store, settings, clock } = context;
  await store.commit(settings.listId, [{ updates: [{ kind: 'write', id: update.id, from: ['sending'], set: { state: 'superseded', endedAt: clock.now() } }] }], commitOptions(context));
  const rows = update.rowId === null ? [] : await store.rowsById(settings.listId, [update.rowId]);
  const ofContact = update.contactId === null ? [] : await store.rowsByContact(settings.listId, [update.contactId]);
  await markTodo(context, distinctRows([...rows, ...ofContact]));
}
