import type { EmailColumns } from './addresses.ts';
import { deleteEmail, holdDates, insertEmail, updateEmail } from './addresses.ts';
import { compactDate } from './column-text.ts';
import { readValues } from './given-values.ts';
import type { Reading } from './path.ts';
import type { EmailRow } from './rows.ts';
import type { ShownRow } from './select.ts';
import type { Writer } from './writer.ts';
import { REPLY_END, editsContacts, nulls, shownColumns } from './writer.ts';

const compact = (date: string | null): string => (date === null ? 'null' : compactDate(date));

/** The dates of a hold come as digits only, and a cleared one as the text "null" (recorded). */
function holdReply(reading: Reading, before: EmailRow, onHold: number | undefined): ShownRow {
  const { hold_date, reset_date } = holdDates(reading.site, before, onHold);
  return hold_date === undefined || reset_date === undefined ? {} : { hold_date: compact(hold_date), reset_date: compact(reset_date) };
}

const onHoldOf = (columns: EmailColumns): number | undefined => columns.on_hold;

export const emailWriter: Writer = {
  entity: 'Email',
  lastKeys: [],
  // Without a contact nobody may write (recorded as a refusal of access, not as a missing value).
  mayWrite: ({ caller }, values) => editsContacts(caller) && (values['id'] !== undefined || (values['contact_id'] ?? null) !== null),
  create(writing, values) {
    const { columns, unknown } = readValues(writing, 'Email', values);
    const row = insertEmail(writing.site, columns);
    const named = ['id', 'contact_id', 'location_type_id', 'email', ...(row.is_primary ? ['is_primary'] : []), 'on_hold', ...Object.keys(columns)];
    return { ...shownColumns(writing, 'Email', row, named), ...nulls(unknown), ...REPLY_END };
  },
  update(writing, row, values) {
    const { columns, unknown } = readValues(writing, 'Email', values);
    const before = writing.site.tables.email.get(row.id);
    const hold = before === undefined ? {} : holdReply(writing, before, onHoldOf(columns));
    const after = updateEmail(writing.site, row.id, columns);
    return { ...shownColumns(writing, 'Email', after, ['id', ...Object.keys(columns)]), ...hold, ...nulls(unknown), ...REPLY_END };
  },
  delete({ site }, row) {
    const existing = site.tables.email.get(row.id);
    if (existing !== undefined) deleteEmail(site, existing);
    return { id: String(row.id) };
  },
};
