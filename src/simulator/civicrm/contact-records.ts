import type { Site } from './site.ts';
import type { CivicrmTables } from './tables.ts';

/** Tables of rows that belong to a contact, with the column that says to whom. */
const OWNED = [['phone', 'contact_id'], ['address', 'contact_id'], ['membership', 'contact_id'], ['contribution', 'contact_id'], ['customValue', 'entity_id']] as const satisfies readonly (readonly [keyof CivicrmTables, string])[];

interface OwnedTable {
  find(column: string, value: number): readonly { readonly id: number }[];
  update(id: number, changes: object): unknown;
  delete(id: number): void;
}

const owned = (site: Site): readonly (readonly [table: OwnedTable, column: string])[] => OWNED.map(([name, column]) => [site.tables[name] as unknown as OwnedTable, column]);

/** A contact that is deleted for good takes them along. */
export function deleteRecords(site: Site, contactId: number): void {
  for (const [table, column] of owned(site)) for (const row of table.find(column, contactId)) table.delete(row.id);
}

/** A merge gives the kept contact the memberships and contributions of the duplicate; where it has no phone, address or custom value itself, those too (assumed). */
export function mergeRecords(site: Site, mainId: number, duplicateId: number): void {
  for (const [table, column] of owned(site)) {
    const { membership, contribution } = site.tables as unknown as Record<string, OwnedTable>;
    const isSeveral = table === membership || table === contribution;
    if (!isSeveral && table.find(column, mainId).length > 0) continue;
    for (const row of table.find(column, duplicateId)) table.update(row.id, { [column]: mainId });
  }
}
