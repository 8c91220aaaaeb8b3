import { historyId, type ContactId, type GroupId, type HistoryId } from '../../base/ids.ts';
import type { HistoryRow } from '../reader.ts';
import { HISTORY_FIELDS, readHistoryRow } from '../rows.ts';
import type { ColumnDates } from './column-dates.ts';
import { idAs, inList, type Clause, type Statement } from './statement.ts';

const TABLE = 'civicrm_subscription_history';
const SELECT = `SELECT ${HISTORY_FIELDS.map((column) => `\`${column}\``).join(', ')} FROM civicrm_subscription_history`;

/** Rows of these groups, and the domain-wide ones. */
function ofGroups(groups: readonly GroupId[]): Clause {
  if (groups.length === 0) return { sql: 'group_id IS NULL', values: [] };
  const listed = inList('group_id', groups);
  return { sql: `(${listed.sql} OR group_id IS NULL)`, values: listed.values };
}

/** Whole history of these contacts in these groups, and their domain-wide rows. */
export function historyOf(contacts: readonly ContactId[], groups: readonly GroupId[], dates: ColumnDates): Statement<HistoryRow> {
  const listed = inList('contact_id', contacts);
  const bound = ofGroups(groups);
  return { table: TABLE, sql: `${SELECT} WHERE ${listed.sql} AND ${bound.sql}`, values: [...listed.values, ...bound.values], read: (row) => readHistoryRow(row, dates) };
}

/** Rows of these groups and domain-wide ones past an id, in order of id. */
export function historyPast(after: HistoryId, groups: readonly GroupId[], limit: number, dates: ColumnDates): Statement<HistoryRow> {
  const bound = ofGroups(groups);
  return { table: TABLE, sql: `${SELECT} WHERE id > ? AND ${bound.sql} ORDER BY id LIMIT ?`, values: [after, ...bound.values, limit], read: (row) => readHistoryRow(row, dates) };
}

/** Which ids there are, of any group. */
export function historyIdsIn(from: HistoryId, to: HistoryId): Statement<HistoryId> {
  return {
    table: TABLE,
    sql: 'SELECT id FROM civicrm_subscription_history WHERE id BETWEEN ? AND ?',
    values: [from, to],
    read: idAs(historyId),
  };
}
