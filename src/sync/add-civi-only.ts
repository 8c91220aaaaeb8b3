import { SECOND, type Instant } from '../base/clock.ts';
import type { ContactId } from '../base/ids.ts';
import type { RowChange } from '../store/store.ts';
import { modifiedContacts, newHistory } from './changed-contacts.ts';
import { groupBy, inChunks, unique } from './collections.ts';
import { commitOptions } from './commit.ts';
import { bareRow } from './bare-row.ts';
import { membersAmong, membersOf } from './group-members.ts';
import { CHUNK } from './pages.ts';
import type { AudienceContext, Counts, StageContext } from './stage.ts';

/** Group contacts read at a time (facts/civicrm.md). */
const PAGE = 5000;

/**
 * Stage 6 (`addCiviOnly`): a row for each live contact that is Added to the subscription group and has none: a row that
 * it uses, or one of a contact merged into it, is its row. A full run goes through the group; an incremental one looks
 * at who was added or edited since, but for a smart group, of whose members no history tells.
 */
export async function addCiviOnly(context: StageContext): Promise<Counts> {
  let added = 0;
  let done = 0;
  for await (const ids of candidates(context)) {
    for (const chunk of inChunks(ids, CHUNK)) added += await addRows(context, chunk);
    context.progress({ done: (done += ids.length), total: null });
  }
  return { added };
}

async function* candidates(context: StageContext): AsyncGenerator<readonly ContactId[]> {
  const { settings, signal } = context;
  const audience = await context.store.audience(settings.listId);
  const goesThrough = context.run.mode === 'full' || (await context.smartGroups(signal)).has(settings.subscriptionGroup);
  const modified = goesThrough ? null : await modifiedContacts(context, audience, signal);
  if (modified !== null) {
    const history = await newHistory(context, audience, signal);
    const ids = unique([...history.filter((row) => row.groupId === settings.subscriptionGroup).map((row) => row.contactId), ...modified]);
    for (const chunk of inChunks(ids, PAGE)) yield await addedAmong(context, chunk);
    return;
  }
  yield* membersOf(context, settings.subscriptionGroup, signal);
}

async function addedAmong(context: StageContext, ids: readonly ContactId[]): Promise<readonly ContactId[]> {
  const { civicrm, settings, signal } = context;
  const added = await membersAmong(context, ids, settings.subscriptionGroup, signal);
  return (await civicrm.contactsById([...added], signal)).filter((contact) => !contact.isDeleted).map((contact) => contact.id);
}

async function addRows(context: StageContext, ids: readonly ContactId[]): Promise<number> {
  const { trashLookedAt } = await context.store.audience(context.settings.listId);
  const without = await withoutRow(context, ids, trashLookedAt, context.signal);
  if (without.length === 0) return 0;
  const changes = without.map((contactId): RowChange => ({ kind: 'insert', row: { ...bareRow(context.settings.listId), contactId } }));
  await context.store.commit(context.settings.listId, changes.map((change) => ({ rows: [change] })), commitOptions(context));
  return without.length;
}

/** Of some contacts, those that no row belongs to. A merge since `mergesSince` may have left a row with the contact merged. */
async function withoutRow({ store, settings, civicrm }: AudienceContext, ids: readonly ContactId[], mergesSince: Instant | null, signal?: AbortSignal): Promise<readonly ContactId[]> {
  const { listId } = settings;
  const linked = new Set((await store.rowsByContact(listId, ids)).map((row) => row.contactId));
  const unlinked = ids.filter((id) => !linked.has(id));
  if (unlinked.length === 0) return [];
  const emails = groupBy(await civicrm.emailsOfContacts(unlinked, signal), (email) => email.contactId);
  const addresses = unique([...emails.values()].flat().map((email) => email.email));
  const used = new Set(addresses.length > 0 ? (await store.rowsByEmail(listId, addresses)).map((row) => row.email) : []);
  const without = unlinked.filter((id) => !(emails.get(id) ?? []).some((email) => used.has(email.email)));
  const edited = mergesSince === null ? [] : (await civicrm.contactsById(without, signal)).filter((contact) => contact.modified >= mergesSince - SECOND);
  if (edited.length === 0) return without;
  const merged = await civicrm.mergedFrom(edited.map((contact) => contact.id), signal);
  const former = new Set([...merged.values()].flat());
  const rows = former.size > 0 ? new Set((await store.rowsByContact(listId, [...former])).map((row) => row.contactId)) : new Set();
  return without.filter((id) => !(merged.get(id) ?? []).some((each) => rows.has(each)));
}
