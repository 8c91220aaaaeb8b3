import type { ListId, RowId, UpdateId } from '../../base/ids.ts';
import type { Parameter } from '../columns/parameter.ts';
import { FACT_COLUMNS, factParameters, KEY_COLUMNS, keyParameters } from '../columns/row-columns.ts';
import { INSERTED_UPDATE_COLUMNS, updateParameters } from '../columns/update-columns.ts';
import type { NewRow } from '../entities.ts';
import { joinedMoves, type CommitPlan, type PlannedRow, type Standing, type UpdateStanding } from './commit-plan.ts';
import type { Connection } from './connection.ts';
import { writeContactMemories } from './contacts.ts';
import { compareKeys } from './lists.ts';
import { overwriting } from './overwriting.ts';

const CHANGED_COLUMNS = ['version', 'claimed_by', 'claimed_until', ...KEY_COLUMNS, ...FACT_COLUMNS];
const PUT_ROWS = `INSERT INTO {cache} (id, mailchimp_list_id, ${CHANGED_COLUMNS.join(', ')})`;
/** A value may pass from one row to another: those who let go of theirs come first. */
const LET_GO = 'UPDATE {cache} SET mailchimp_email = NULL, mailchimp_contact_id = NULL WHERE id IN (…)';
const DELETE_ROWS = 'DELETE FROM {cache} WHERE id IN (…)';
const DROP_FORMER = 'DELETE FROM {former_email} WHERE mailchimpsync_cache_id IN (…)';
const ADD_FORMER = 'INSERT INTO {former_email} (mailchimp_list_id, email, mailchimpsync_cache_id)';

const MOVE = 'UPDATE {update} SET mailchimpsync_cache_id = ? WHERE mailchimp_list_id = ? AND mailchimpsync_cache_id IN (…)';
const INSERT_UPDATES = `INSERT INTO {update} (id, mailchimp_list_id, ${INSERTED_UPDATE_COLUMNS.join(', ')})`;
const WRITE_UPDATES = `
  UPDATE {update}
  SET state = ?, claims = ?, sent_at = ?, ended_at = ?, fail_reason = ?, answer = ?, mailchimpsync_batch_id = ?, settled_as = ?
  WHERE id IN (…)`;

/** Writes what a commit comes to; `standing` is what it began with. */
export const writePlan = async (connection: Connection, listId: ListId, plan: CommitPlan, standing: Standing): Promise<void> => {
  await writeRows(connection, listId, [...plan.rows.values()].filter((row) => row !== standing.rows.get(row.id)), standing);
  for (const { from, to } of joinedMoves(plan.moves)) await connection.runIn(MOVE, from, to, listId);
  await writeUpdates(connection, plan, standing);
  await writeContactMemories(connection, listId, [...plan.contacts.values()]);
};

const writeRows = async (connection: Connection, listId: ListId, rows: readonly PlannedRow[], standing: Standing): Promise<void> => {
  const sorted = [...rows].sort((one, other) => one.id - other.id);
  const stored = sorted.filter(({ id }) => standing.rows.has(id));
  const deleted = stored.filter(({ fate }) => fate === 'deleted').map(({ id }) => id);
  const written = stored.flatMap(toWrite);
  const lettingGo = written.filter(({ row }) => letsGo(row, standing.rows.get(row.id))).map(({ row }) => row.id);
  await connection.runIn(DELETE_ROWS, deleted);
  await connection.runIn(LET_GO, lettingGo);
  await connection.insertAll(PUT_ROWS, sorted.filter(({ id }) => !standing.rows.has(id)).flatMap(toWrite).map((each) => rowParameters(listId, each)));
  // Every one of these is there and locked, so that it is found by its id and no other row is hit.
  await connection.insertAll(PUT_ROWS, written.map((each) => rowParameters(listId, each)), overwriting(CHANGED_COLUMNS));
  await connection.runIn(DROP_FORMER, stored.map(({ id }) => id));
  await connection.insertAll(ADD_FORMER, sorted.flatMap(toWrite).flatMap(({ row, becomes }) => formerEmails(listId, row.id, becomes)));
};

interface Written {
  readonly row: PlannedRow;
  readonly becomes: NewRow;
}

const toWrite = (row: PlannedRow): readonly Written[] => (row.fate === 'deleted' || row.becomes === null ? [] : [{ row, becomes: row.becomes }]);

const letsGo = (row: PlannedRow, before: PlannedRow | undefined): boolean =>
  before !== undefined && ((before.email !== null && before.email !== row.email) || (before.member !== null && before.member !== row.member));

const rowParameters = (listId: ListId, { row, becomes }: Written): Parameter[] => [
  row.id,
  listId,
  row.version,
  row.claimedBy,
  row.claimedUntil,
  ...keyParameters(becomes),
  ...factParameters(becomes),
];

const formerEmails = (listId: ListId, id: RowId, { memory }: NewRow): readonly Parameter[][] =>
  [...new Set((memory.former ?? []).map(({ email }) => email))].sort(compareKeys).map((email) => [listId, email, id]);

const writeUpdates = async (connection: Connection, { updates, newUpdates }: CommitPlan, standing: Standing): Promise<void> => {
  // Most commits set the same of all their updates: one statement for each set of values.
  const bySet = new Map<string, { readonly set: UpdateStanding; readonly ids: UpdateId[] }>();
  for (const [id, set] of updates) {
    if (set === standing.updates.get(id)) continue;
    const key = JSON.stringify(set);
    const group = bySet.get(key) ?? { set, ids: [] };
    group.ids.push(id);
    bySet.set(key, group);
  }
  for (const { set, ids } of bySet.values()) {
    await connection.runIn(WRITE_UPDATES, ids, set.state, Number(set.claims), set.sentAt, set.endedAt, set.failReason, set.answer, set.batch, set.settledAs);
  }
  await connection.insertAll(INSERT_UPDATES, [...newUpdates].map(([id, update]) => [id, update.listId, ...updateParameters(update)]));
};
