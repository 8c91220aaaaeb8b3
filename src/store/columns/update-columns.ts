import type { Instant } from '../../base/clock.ts';
import type { ContactId, EmailAddress, ListId, RowId, RunId, UpdateId, WriteId } from '../../base/ids.ts';
import type { CivicrmUpdate, FailReason, MailchimpUpdate, NewUpdate, Update, UpdateKind, UpdateState } from '../entities.ts';
import { readJson, writeJson } from './json.ts';
import type { Parameter } from './parameter.ts';

interface SharedColumns {
  readonly id: UpdateId;
  readonly mailchimp_list_id: ListId;
  readonly run_id: RunId | null;
  readonly mailchimpsync_cache_id: RowId | null;
  readonly civicrm_contact_id: ContactId | null;
  readonly kind: UpdateKind;
  readonly state: UpdateState;
  readonly claims: number;
  /** What is asked. */
  readonly data: string;
  readonly origin: string;
  readonly reason: string;
  readonly unclear: number;
  readonly created_at: Instant;
  readonly sent_at: Instant | null;
  readonly ended_at: Instant | null;
  readonly fail_reason: FailReason | null;
  readonly answer: string | null;
}

interface MailchimpColumns extends SharedColumns {
  readonly side: 'mailchimp';
  readonly member_key: string;
  readonly mailchimp_email: EmailAddress;
  /** The new address of a rename, for finding the update by it. */
  readonly asked_email: EmailAddress | null;
  readonly is_new: number;
  readonly mailchimpsync_batch_id: number | null;
  readonly settled_as: Instant | null;
}

interface CivicrmColumns extends SharedColumns {
  readonly side: 'civicrm';
  readonly write_id: WriteId;
}

/** A line of the update table as the database answers it; the other side's columns are NULL. */
export type UpdateColumns = MailchimpColumns | CivicrmColumns;

/** The update of a line of the update table. */
export const updateOf = (columns: UpdateColumns): Update => {
  const shared = {
    id: columns.id,
    listId: columns.mailchimp_list_id,
    runId: columns.run_id,
    rowId: columns.mailchimpsync_cache_id,
    contactId: columns.civicrm_contact_id,
    kind: columns.kind,
    state: columns.state,
    claims: columns.claims === 1,
    origin: readJson(columns.origin) as Update['origin'],
    reason: columns.reason,
    unclear: columns.unclear === 1,
    createdAt: columns.created_at,
    sentAt: columns.sent_at,
    endedAt: columns.ended_at,
    failReason: columns.fail_reason,
    answer: columns.answer,
  };
  if (columns.side === 'civicrm') {
    return { ...shared, side: 'civicrm', ask: readJson(columns.data) as CivicrmUpdate['ask'], writeId: columns.write_id };
  }
  return {
    ...shared,
    side: 'mailchimp',
    ask: readJson(columns.data) as MailchimpUpdate['ask'],
    key: columns.member_key,
    email: columns.mailchimp_email,
    isNew: columns.is_new === 1,
    batch: columns.mailchimpsync_batch_id,
    settledAs: columns.settled_as,
  };
};

/** The columns that an insert fills, in the order of `updateParameters`. */
export const INSERTED_UPDATE_COLUMNS = [
  'run_id',
  'mailchimpsync_cache_id',
  'civicrm_contact_id',
  'side',
  'kind',
  'state',
  'claims',
  'data',
  'origin',
  'reason',
  'unclear',
  'created_at',
  'sent_at',
  'ended_at',
  'fail_reason',
  'answer',
  'member_key',
  'mailchimp_email',
  'asked_email',
  'is_new',
  'mailchimpsync_batch_id',
  'settled_as',
  'write_id',
] as const;

/** Values for `INSERTED_UPDATE_COLUMNS`. */
export const updateParameters = (update: NewUpdate): Parameter[] => [
  update.runId,
  update.rowId,
  update.contactId,
  update.side,
  update.kind,
  update.state,
  Number(update.claims),
  writeJson(update.ask),
  writeJson(update.origin),
  update.reason,
  Number(update.unclear),
  update.createdAt,
  update.sentAt,
  update.endedAt,
  update.failReason,
  update.answer,
  ...(update.side === 'mailchimp'
    ? [update.key, update.email, update.ask.email ?? null, Number(update.isNew), update.batch, update.settledAs, null]
    : [null, null, null, null, null, null, update.writeId]),
];
