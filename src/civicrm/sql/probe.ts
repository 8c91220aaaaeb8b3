import { Type } from 'typebox';
import type { Duration } from '../../base/clock.ts';
import { SyncError } from '../../base/errors.ts';
import { checkerOf } from '../../http/json.ts';
import type { Api4, Api4Call } from '../api4.ts';
import type { SiteDates } from '../dates.ts';
import { CONTACT_FIELDS, EMAIL_FIELDS, GROUP_CONTACT_FIELDS, GROUP_FIELDS, HISTORY_FIELDS } from '../rows.ts';
import { TIMESTAMPS } from './column-dates.ts';
import type { Statement } from './statement.ts';

const READ: Readonly<Record<string, readonly string[]>> = {
  civicrm_contact: [...CONTACT_FIELDS, 'created_date'],
  civicrm_email: EMAIL_FIELDS,
  civicrm_group: GROUP_FIELDS,
  civicrm_group_contact: GROUP_CONTACT_FIELDS,
  civicrm_subscription_history: HISTORY_FIELDS,
};

const checkRow = checkerOf(Type.Object({}));

/** One statement a table; a user without SELECT on it, or on a column that is read, is refused. */
export const readableTables: readonly Statement<unknown>[] = Object.entries(READ).map(([table, columns]) => ({
  table,
  sql: `SELECT ${columns.map((column) => `\`${column}\``).join(', ')} FROM ${table} LIMIT 1`,
  values: [],
  read: checkRow,
}));

const checkCreated = checkerOf(Type.Object({ id: Type.Union([Type.Integer(), Type.String()]), created_date: Type.Union([Type.String(), Type.Null()]) }));

export interface SameSiteParts {
  readonly api: Api4;
  /** Dates as APIv4 shows them. */
  readonly dates: SiteDates;
  readonly ask: <Row>(statement: Statement<Row>, signal?: AbortSignal) => Promise<readonly Row[]>;
  readonly deadline: Duration;
}

/**
 * Checks that the database is the one of the site that the key belongs to, and not that of a test site, for example,
 * where the same ids are other people: the API user's own contact must have been created in the same second.
 */
export async function checkSameSite({ api, dates, ask, deadline }: SameSiteParts, signal?: AbortSignal): Promise<void> {
  const own: Api4Call = { entity: 'Contact', action: 'get', params: { select: ['id', 'created_date'], where: [['id', '=', 'user_contact_id']] } };
  const [row] = await api.read(own, deadline, signal);
  if (row === undefined) return; // the probe has told
  const { id, created_date: created } = api.fitting(checkCreated(row), own);
  const [found] = await ask({ table: 'civicrm_contact', sql: 'SELECT id, created_date FROM civicrm_contact WHERE id = ?', values: [Number(id)], read: checkCreated }, signal);
  const here = found === undefined ? undefined : TIMESTAMPS.read(found.created_date ?? '');
  if (here === dates.read(created ?? '')) return;
  throw new SyncError(
    'civicrm_unexpected',
    `CiviCRM's database is not that of the site: the API user's contact ${id} ${found === undefined ? 'is not there' : 'was created at another time there'}. ` +
      'Check that `civicrm.database` and `civicrm.url` lead to the same site, and `civicrm.timezone`.',
  );
}
