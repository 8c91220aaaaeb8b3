/** CiviCRM stores these two as entities, and nothing else (facts/civicrm.md); APIv4 decodes them, a reader of the tables has to. */
const decode = (text: string): string => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>');

/** Text as CiviCRM's columns hold it. */
export const stored = (text: string): string => text.replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** A row of a table with its texts as people know them. */
export function decoded(row: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(row).map(([column, value]) => [column, typeof value === 'string' ? decode(value) : value]));
}
