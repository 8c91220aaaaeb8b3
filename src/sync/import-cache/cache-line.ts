import { Type } from 'typebox';
import type { Statement } from '../../civicrm/sql/statement.ts';
import { checkerOf, type Checked } from '../../http/json.ts';

/** One line of the CiviCRM extension's table, as it stands there. Dates are what the site's clocks showed. */
export interface CacheLine {
  readonly id: number;
  readonly listId: string;
  /** md5 of the address, by Mailchimp. */
  readonly memberHash: string | null;
  readonly email: string | null;
  readonly status: string | null;
  /** `last_changed`. */
  readonly updated: string | null;
  /** PHP-serialized. */
  readonly mailchimpData: Uint8Array | null;
  readonly civicrmData: Uint8Array | null;
  /** `group;status;date|group;status;date`. */
  readonly groups: string | null;
  readonly contactId: number | null;
  readonly syncStatus: string | null;
}

const TABLE = 'civicrm_mailchimpsync_cache';
const Text = Type.Union([Type.String(), Type.Null()]);
const Id = Type.Integer({ minimum: 1 });
const checkLine = checkerOf(
  Type.Object({
    id: Id,
    mailchimp_list_id: Type.String(),
    mailchimp_member_id: Text,
    mailchimp_email: Text,
    mailchimp_status: Text,
    mailchimp_updated: Text,
    mailchimp_data: Type.Unknown(),
    civicrm_data: Type.Unknown(),
    civicrm_groups: Text,
    civicrm_contact_id: Type.Union([Id, Type.Null()]),
    sync_status: Text,
  }),
);

/** Lines past an id, in order of id. */
export const linesPast = (after: number, limit: number): Statement<CacheLine> => ({
  table: TABLE,
  sql:
    'SELECT id, mailchimp_list_id, mailchimp_member_id, mailchimp_email, mailchimp_status, mailchimp_updated, mailchimp_data, civicrm_data, civicrm_groups, civicrm_contact_id, sync_status ' +
    `FROM ${TABLE} WHERE id > ? ORDER BY id LIMIT ?`,
  values: [after, limit],
  read: readLine,
});

function readLine(row: unknown): Checked<CacheLine> {
  const checked = checkLine(row);
  if (!checked.fits) return checked;
  const { value } = checked;
  return {
    fits: true,
    value: {
      id: value.id,
      listId: value.mailchimp_list_id,
      memberHash: value.mailchimp_member_id,
      email: value.mailchimp_email,
      status: value.mailchimp_status,
      updated: value.mailchimp_updated,
      mailchimpData: bytesOf(value.mailchimp_data),
      civicrmData: bytesOf(value.civicrm_data),
      groups: value.civicrm_groups,
      contactId: value.civicrm_contact_id,
      syncStatus: value.sync_status,
    },
  };
}

/** A BLOB; some sites have it as text. */
const bytesOf = (column: unknown): Uint8Array | null => {
  if (column instanceof Uint8Array) return column;
  return typeof column === 'string' ? Buffer.from(column, 'utf8') : null;
};

const checkStatus = checkerOf(Type.Object({ list_id: Type.String(), data: Type.Unknown() }));

/** What the extension remembers of each audience; `data` is PHP-serialized. */
export const audienceLines: Statement<{ readonly listId: string; readonly data: Uint8Array | null }> = {
  table: 'civicrm_mailchimpsync_status',
  sql: 'SELECT list_id, data FROM civicrm_mailchimpsync_status',
  values: [],
  read: (row) => {
    const checked = checkStatus(row);
    return checked.fits ? { fits: true, value: { listId: checked.value.list_id, data: bytesOf(checked.value.data) } } : checked;
  },
};
