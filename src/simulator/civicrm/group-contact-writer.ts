import { deleteMembership, insertMembership, updateMembership } from './membership.ts';
import type { Mark } from './membership.ts';
import { readValues } from './given-values.ts';
import type { Writer, Writing } from './writer.ts';
import { REPLY_END, editsContacts, nulls, shownColumns } from './writer.ts';
import type { Values } from './parameters.ts';
import type { ShownRow } from './select.ts';

const COLUMNS = ['id', 'group_id', 'contact_id', 'status'];

/** `method` and `tracking` are parameters of the call; inside a record they are overwritten (recorded). */
const markOf = (writing: Writing): Mark => ({ method: writing.parameters.text('method') ?? 'API', tracking: writing.parameters.text('tracking') });

function reply(writing: Writing, row: object, values: Values): ShownRow {
  const { unknown } = readValues(writing, 'GroupContact', values);
  return { ...shownColumns(writing, 'GroupContact', row, COLUMNS), ...nulls(unknown), ...REPLY_END };
}

const text = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

/** Memberships: every write leaves a history row, changed or not (recorded). */
export const groupContactWriter: Writer = {
  entity: 'GroupContact',
  lastKeys: ['method', 'tracking'],
  mayWrite: ({ caller }) => editsContacts(caller),
  create(writing, values) {
    const { columns } = readValues(writing, 'GroupContact', values);
    const row = insertMembership(writing.site, Number(columns['contact_id']), Number(columns['group_id']), text(columns['status']) ?? 'Added', markOf(writing));
    return reply(writing, row, values);
  },
  update(writing, row, values) {
    const { columns } = readValues(writing, 'GroupContact', values);
    const status = text(columns['status']) ?? String(row['status']);
    return reply(writing, updateMembership(writing.site, row.id, status, markOf(writing)), values);
  },
  delete({ site }, row) {
    const existing = site.tables.groupContact.get(row.id);
    if (existing !== undefined) deleteMembership(site, existing, 'API');
    return { id: String(row.id) };
  },
};
