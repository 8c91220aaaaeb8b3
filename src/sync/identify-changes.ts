import type { Duration, Instant } from '../base/clock.ts';
import { historyId, type ContactId, type HistoryId } from '../base/ids.ts';
import { SECOND } from '../base/clock.ts';
import type { HistoryRow } from '../civicrm/reader.ts';
import type { AudienceState, Row } from '../store/entities.ts';
import { modifiedContacts, newHistory } from './changed-contacts.ts';
import { distinctRows, inChunks, unique } from './collections.ts';
import { markTodo, writeAudience } from './commit.ts';
import { CHUNK, pagesOfRows } from './pages.ts';
import { rowsFoundOtherwise } from './searched-changes.ts';
import type { Counts, StageContext } from './stage.ts';

/**
 * Stage 7 (`identifyGroupContactChanges`): `todo` for each row that a contact with new subscription history, an edited
 * one, or one that a smart group finds anew or no longer, uses; in a full run for every row. Moves the cursors on.
 */
export async function identifyChanges(context: StageContext): Promise<Counts> {
  const { listId } = context.settings;
  const audience = await context.store.audience(listId);
  const now = context.civicrm.now();
  await context.civicrm.catchUp(context.signal); // the cursors go up to now
  const history = await newHistory(context, audience, context.signal);
  const modified = await modifiedContacts(context, audience, context.signal);
  const cursor = await moveCursor(context, audience, history);
  const everything = context.run.mode === 'full' || modified === null;
  const marked = everything
    ? await markPages(context, pagesOfRows(context, { kind: 'all' }, context.signal))
    : (await markRowsOf(context, unique([...history.map((row) => row.contactId), ...modified]))) + (await markPages(context, rowsFoundOtherwise(context)));
  await writeAudience(context, { ...cursor, modified: now - SECOND });
  return { history: history.length, edited: modified?.size ?? 0, marked };
}

async function markPages(context: StageContext, pages: AsyncIterable<readonly Row[]>): Promise<number> {
  let marked = 0;
  let done = 0;
  for await (const rows of pages) {
    marked += await markTodo(context, rows);
    context.progress({ done: (done += rows.length), total: null });
  }
  return marked;
}

async function markRowsOf(context: StageContext, contacts: readonly ContactId[]): Promise<number> {
  const { store, settings, civicrm, signal } = context;
  let marked = 0;
  for (const ids of inChunks(contacts, CHUNK)) {
    signal.throwIfAborted();
    const addresses = unique((await civicrm.emailsOfContacts(ids, signal)).map((email) => email.email));
    const rows = [...(await store.rowsByContact(settings.listId, ids)), ...(addresses.length > 0 ? await store.rowsByEmail(settings.listId, addresses) : [])];
    marked += await markTodo(context, distinctRows(rows));
  }
  return marked;
}

/**
 * The cursor is the history id. It waits before an id that is missing until that has been missing for longer than a
 * writer may take: ids become visible out of order, and those of rolled-back writers never come [overlap].
 */
async function moveCursor(context: StageContext, audience: AudienceState, history: readonly HistoryRow[]): Promise<Pick<AudienceState, 'history' | 'historyGaps'>> {
  const last = history.at(-1)?.id;
  if (last === undefined) return { history: audience.history, historyGaps: {} };
  const now = context.clock.now();
  const life = context.civicrmSettings.historyGap;
  const from = historyId(firstDoubtful(audience.history, history, context.civicrm.now(), life));
  if (from > last) return { history: last, historyGaps: {} };
  const present = await context.civicrm.historyIds(from, last, context.signal);
  const gaps: Record<number, Instant> = {};
  let cursor: HistoryId = last;
  for (let id: number = from; id <= last; id++) {
    if (present.has(historyId(id))) continue;
    const since = audience.historyGaps[id] ?? now;
    if (now - since > life) continue; // it will never come
    gaps[id] = since;
    if (cursor === last) cursor = historyId(id - 1);
  }
  return { history: cursor, historyGaps: gaps };
}

/** Ids behind a row older than a writer may take are settled: the first id that may still come. */
function firstDoubtful(cursor: HistoryId, history: readonly HistoryRow[], now: Instant, life: Duration): number {
  let first: number = cursor + 1;
  for (const row of history) {
    if (row.date > now - life) break;
    first = row.id + 1;
  }
  return first;
}
