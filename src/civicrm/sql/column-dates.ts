import { Type } from 'typebox';
import { SECOND, type Instant } from '../../base/clock.ts';
import { SyncError } from '../../base/errors.ts';
import { checkerOf } from '../../http/json.ts';
import { asIfUtc, type SiteDates } from '../dates.ts';
import type { Statement } from './statement.ts';

/** How the dates of a column are read. */
export interface ColumnDates {
  /** null when the text is no date. */
  read(text: string): Instant | null;
}

/** TIMESTAMP columns, in a session whose zone is UTC. */
export const TIMESTAMPS: ColumnDates = { read: asIfUtc };

/**
 * DATETIME columns, which old sites have for the subscription history: what the clocks of the site showed, whatever the
 * session's zone, so it is read with the offset of its own day. Of an hour that comes twice it is the earlier moment.
 */
const datetimes = (dates: SiteDates): ColumnDates => ({ read: (text) => dates.found(text) });

/** A moment as a bound for a TIMESTAMP column, in whole seconds. */
export const timestampBound = (instant: Instant): string => new Date(Math.floor(instant / SECOND) * SECOND).toISOString().slice(0, 19).replace('T', ' ');

/** A date column with its kind: `timestamp` or `datetime`. */
interface DateColumn {
  readonly table: string;
  readonly column: string;
  readonly kind: string;
}

const HISTORY = 'civicrm_subscription_history';
const checkColumn = checkerOf(Type.Object({ table_name: Type.String(), column_name: Type.String(), data_type: Type.String() }));

/** The kinds of the date columns that a reader reads. Asking is allowed to everybody who may read the tables. */
export const dateColumns: Statement<DateColumn> = {
  table: 'information_schema',
  sql:
    'SELECT TABLE_NAME AS table_name, COLUMN_NAME AS column_name, DATA_TYPE AS data_type FROM information_schema.COLUMNS ' +
    "WHERE TABLE_SCHEMA = DATABASE() AND (TABLE_NAME, COLUMN_NAME) IN (('civicrm_contact', 'modified_date'), ('civicrm_subscription_history', 'date'))",
  values: [],
  read: (row) => {
    const checked = checkColumn(row);
    if (!checked.fits) return checked;
    const { table_name: table, column_name: column, data_type: kind } = checked.value;
    return { fits: true, value: { table, column, kind: kind.toLowerCase() } };
  },
};

/** How the history's dates are to be read. Throws `civicrm_unexpected` for kinds of columns that CiviCRM never had. */
export function historyDates(columns: readonly DateColumn[], dates: SiteDates): ColumnDates {
  for (const { table, column, kind } of columns)
    if (kind !== 'timestamp' && !(table === HISTORY && kind === 'datetime'))
      throw new SyncError('civicrm_unexpected', `CiviCRM's database, ${table}: the column ${column} is a ${kind} where a timestamp is expected. Read this site by APIv4 only ("access": "api").`);
  return columns.some(({ table, kind }) => table === HISTORY && kind === 'datetime') ? datetimes(dates) : TIMESTAMPS;
}
