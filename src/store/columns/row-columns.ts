import type { Instant } from '../../base/clock.ts';
import type { ContactId, EmailAddress, ListId, MemberContactId, MemberHash, RowId } from '../../base/ids.ts';
import type { FailReason, MemberFacts, NewRow, Row, SyncStatus } from '../entities.ts';
import { readJson, writeJson } from './json.ts';
import type { Parameter } from './parameter.ts';

/** A line of the cache table as the database answers it. */
export interface RowColumns {
  readonly id: RowId;
  readonly version: number;
  readonly mailchimp_list_id: ListId;
  readonly civicrm_contact_id: ContactId | null;
  readonly mailchimp_email: EmailAddress | null;
  readonly agreed_email: EmailAddress | null;
  readonly mailchimp_member_id: MemberHash | null;
  readonly mailchimp_contact_id: MemberContactId | null;
  /** NULL: never seen at Mailchimp (then `mailchimp_updated` is NULL too), or gone there. */
  readonly mailchimp_status: MemberFacts['status'];
  readonly mailchimp_updated: Instant | null;
  readonly mailchimp_data: string | null;
  readonly mailchimp_looked_at: Instant | null;
  readonly civicrm_groups: string;
  readonly civicrm_data: string;
  readonly memory: string;
  readonly sync_status: SyncStatus;
  readonly fail_reason: FailReason | null;
  readonly claimed_by: string | null;
  readonly claimed_until: Instant | null;
}

/** The facts of a member that have no column of their own. */
type MemberData = Omit<MemberFacts, 'status' | 'lastChanged'>;

/** The row of a line of the cache table. */
export const rowOf = (columns: RowColumns): Row => ({
  id: columns.id,
  listId: columns.mailchimp_list_id,
  version: columns.version,
  email: columns.mailchimp_email,
  agreedEmail: columns.agreed_email,
  memberHash: columns.mailchimp_member_id,
  memberContactId: columns.mailchimp_contact_id,
  contactId: columns.civicrm_contact_id,
  member: memberOf(columns),
  lookedAt: columns.mailchimp_looked_at,
  groups: readJson(columns.civicrm_groups) as Row['groups'],
  memory: readJson(columns.memory) as Row['memory'],
  hookData: readJson(columns.civicrm_data) as Row['hookData'],
  syncStatus: columns.sync_status,
  failReason: columns.fail_reason,
  claimedBy: columns.claimed_by,
  claimedUntil: columns.claimed_until,
});

const memberOf = (columns: RowColumns): MemberFacts | null => {
  if (columns.mailchimp_updated === null || columns.mailchimp_data === null) return null;
  const data = readJson(columns.mailchimp_data) as MemberData;
  return { status: columns.mailchimp_status, lastChanged: columns.mailchimp_updated, ...data };
};

/** Columns by which a row is found, in the order of `keyParameters`. */
export const KEY_COLUMNS = ['civicrm_contact_id', 'mailchimp_email', 'mailchimp_contact_id'] as const;

/** Values for `KEY_COLUMNS`. */
export const keyParameters = (row: NewRow): Parameter[] => [row.contactId, row.email, row.memberContactId];

/** The other columns that a caller writes, in the order of `factParameters`. */
export const FACT_COLUMNS = [
  'agreed_email',
  'mailchimp_member_id',
  'mailchimp_status',
  'mailchimp_updated',
  'mailchimp_data',
  'mailchimp_looked_at',
  'civicrm_groups',
  'civicrm_data',
  'memory',
  'sync_status',
  'fail_reason',
] as const;

/** Values for `FACT_COLUMNS`. */
export const factParameters = (row: NewRow): Parameter[] => [
  row.agreedEmail,
  row.memberHash,
  row.member && row.member.status,
  row.member && row.member.lastChanged,
  row.member && memberData(row.member),
  row.lookedAt,
  writeJson(row.groups),
  writeJson(row.hookData),
  writeJson(row.memory),
  row.syncStatus,
  row.failReason,
];

const memberData = ({ status: _status, lastChanged: _lastChanged, ...data }: MemberFacts): string => writeJson(data);
