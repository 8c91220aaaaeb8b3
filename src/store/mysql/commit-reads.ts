import type { Instant } from '../../base/clock.ts';
import type { EmailAddress, ListId, MemberContactId, RowId, UpdateId } from '../../base/ids.ts';
import type { UpdateColumns } from '../columns/update-columns.ts';
import type { RowChange, Unit } from '../store.ts';
import type { PlannedRow, Standing, UpdateStanding } from './commit-plan.ts';
import type { Connection } from './connection.ts';

const ROWS = `
  SELECT id, version, claimed_by, claimed_until, mailchimp_email, mailchimp_contact_id FROM {cache}
  WHERE mailchimp_list_id = ? AND id IN (…) ORDER BY id FOR UPDATE`;
const EMAILS = 'SELECT id, mailchimp_email AS value FROM {cache} WHERE mailchimp_list_id = ? AND mailchimp_email IN (…)';
const MEMBERS = 'SELECT id, mailchimp_contact_id AS value FROM {cache} WHERE mailchimp_list_id = ? AND mailchimp_contact_id IN (…)';
const UPDATES = `
  SELECT id, state, claims, sent_at, ended_at, fail_reason, answer, mailchimpsync_batch_id, settled_as FROM {update}
  WHERE mailchimp_list_id = ? AND id IN (…) ORDER BY id FOR UPDATE`;

interface RowLine {
  readonly id: RowId;
  readonly version: number;
  readonly claimed_by: string | null;
  readonly claimed_until: Instant | null;
  readonly mailchimp_email: EmailAddress | null;
  readonly mailchimp_contact_id: MemberContactId | null;
}

type UpdateLine = Pick<UpdateColumns, 'id' | 'state' | 'claims' | 'sent_at' | 'ended_at' | 'fail_reason' | 'answer'> & {
  readonly mailchimpsync_batch_id: number | null;
  readonly settled_as: Instant | null;
};

/** Reads and locks all rows and updates that the units change, and reads whose the values are that they set. */
export const standingOf = async (connection: Connection, listId: ListId, units: readonly Unit[]): Promise<Standing> => {
  const changes = units.flatMap((unit) => unit.rows ?? []);
  const lines = (await connection.allIn(ROWS, changes.flatMap(rowOfChange), listId)) as readonly RowLine[];
  const rows = new Map(lines.map((line) => [line.id, plannedOf(line)]));
  const emails = new Map(lines.flatMap(({ id, mailchimp_email: email }) => (email === null ? [] : [[email, id] as const])));
  const members = new Map(lines.flatMap(({ id, mailchimp_contact_id: member }) => (member === null ? [] : [[member, id] as const])));
  const set = changes.flatMap((change) => (change.kind === 'delete' ? [] : [change.row]));
  await addOwners(connection, EMAILS, listId, set.map(({ email }) => email), emails);
  await addOwners(connection, MEMBERS, listId, set.map(({ memberContactId }) => memberContactId), members);
  return { rows, emails, members, updates: await updatesOf(connection, listId, units) };
};

const rowOfChange = (change: RowChange): readonly RowId[] => {
  switch (change.kind) {
    case 'insert':
      return [];
    case 'write':
      return [change.row.id];
    case 'delete':
      return [change.id];
  }
};

const plannedOf = (line: RowLine): PlannedRow => ({
  id: line.id,
  version: line.version,
  claimedBy: line.claimed_by,
  claimedUntil: line.claimed_until,
  email: line.mailchimp_email,
  member: line.mailchimp_contact_id,
  becomes: null,
  fate: 'stored',
});

/** Adds whose the values are that none of the rows read has. */
const addOwners = async <Value extends string>(connection: Connection, sql: string, listId: ListId, values: readonly (Value | null)[], owners: Map<Value, RowId>): Promise<void> => {
  const unknown = values.filter((value) => value !== null && !owners.has(value));
  for (const { id, value } of (await connection.allIn(sql, unknown, listId)) as readonly { readonly id: RowId; readonly value: Value }[]) owners.set(value, id);
};

const updatesOf = async (connection: Connection, listId: ListId, units: readonly Unit[]): Promise<ReadonlyMap<UpdateId, UpdateStanding>> => {
  const ids = units.flatMap(({ updates = [] }) => updates.flatMap((change) => (change.kind === 'write' ? [change.id] : [])));
  const lines = (await connection.allIn(UPDATES, ids, listId)) as readonly UpdateLine[];
  return new Map(
    lines.map((line) => [
      line.id,
      {
        state: line.state,
        claims: line.claims === 1,
        sentAt: line.sent_at,
        endedAt: line.ended_at,
        failReason: line.fail_reason,
        answer: line.answer,
        batch: line.mailchimpsync_batch_id,
        settledAs: line.settled_as,
      },
    ]),
  );
};
