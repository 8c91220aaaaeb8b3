import type { BatchRecord, CivicrmUpdate, MailchimpUpdate, Row, Update } from '../store/entities.ts';
import { commitOptions, rewriteRows } from './commit.ts';
import { giveUp } from './give-up.ts';
import { isDead } from './holder.ts';
import type { AudienceContext } from './stage.ts';

const PAGE = 500;

/**
 * What a crash left half done is never done again blindly. A write to CiviCRM is decided anew (CiviCRM shows what became
 * of it); a write to Mailchimp is of unknown fate: the member is read [ghost]. Only what nobody living has claimed.
 */
export async function recover(context: AudienceContext, signal?: AbortSignal): Promise<number> {
  const civicrm = await orphans(context, 'civicrm');
  for (const update of civicrm) await decideAnew(context, update as CivicrmUpdate);
  const mailchimp = (await orphans(context, 'mailchimp')).filter((update) => (update as MailchimpUpdate).batch === null);
  for (const update of mailchimp) await giveUp(context, update as MailchimpUpdate, signal);
  return civicrm.length + mailchimp.length;
}

/** Whether whoever claimed something is gone: its claim is given back, has run out, or its process is dead. */
export const isAbandoned = (claim: Pick<Row | BatchRecord, 'claimedBy' | 'claimedUntil'>, now: number): boolean =>
  claim.claimedBy === null || (claim.claimedUntil ?? 0) <= now || isDead(claim.claimedBy);

async function orphans(context: AudienceContext, side: Update['side']): Promise<readonly Update[]> {
  const { store, settings, clock } = context;
  const found: Update[] = [];
  for (let after: Update['id'] | null = null; ; ) {
    const page: readonly Update[] = await store.updatesInState(settings.listId, side, 'sending', after, PAGE);
    const rows = new Map((await store.rowsById(settings.listId, page.flatMap((update) => update.rowId ?? []))).map((row) => [row.id, row]));
    const abandoned = page.filter((update) => isAbandoned(rows.get(update.rowId!) ?? { claimedBy: null, claimedUntil: null }, clock.now()));
    // Whoever gave the claim back before the rows were read may have settled the update before that.
    const now = await store.updatesById(abandoned.map((update) => update.id));
    found.push(...now.filter((update) => update.state === 'sending'));
    if (page.length < PAGE) return found;
    after = page.at(-1)!.id;
  }
}

async function decideAnew(context: AudienceContext, update: CivicrmUpdate): Promise<void> {
  const { store, settings, clock } = context;
  await store.commit(settings.listId, [{ updates: [{ kind: 'write', id: update.id, from: ['sending'], set: { state: 'superseded', endedAt: clock.now() } }] }], commitOptions(context));
  const rows = update.rowId === null ? [] : await store.rowsById(settings.listId, [update.rowId]);
  const ofContact = update.contactId === null ? [] : await store.rowsByContact(settings.listId, [update.contactId]);
  await rewriteRows(context, [...new Map([...rows, ...ofContact].map((row) => [row.id, row])).values()], async (again) =>
    again.map((row) => (row.syncStatus === 'todo' ? null : { rows: [{ kind: 'write', row: { ...row, syncStatus: 'todo' } }] })),
  );
}
