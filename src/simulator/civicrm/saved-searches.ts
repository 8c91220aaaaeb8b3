import { candidates } from './candidates.ts';
import type { Reading } from './path.ts';
import type { SavedSearchRow } from './rows.ts';
import type { Caller, Site } from './site.ts';
import { compileWhere } from './where.ts';

/** Clauses of `Contact.get`. */
export type Where = readonly unknown[];

/** The search behind a smart group asks for no permission, and nobody in particular asks (read: checkPermissions false). */
const UNCHECKED: Caller = { contactId: null, permissions: new Set(['access CiviCRM', 'view all contacts', 'access deleted contacts', 'edit groups', 'view all activities']) };

const unchecked = (site: Site): Reading => ({ site, caller: UNCHECKED });

/** A search for contacts as an administrator saves it (recorded). Like the screen, it runs the search first: one that cannot be run throws. */
export function insertSavedSearch(site: Site, label: string, where: Where): SavedSearchRow {
  const { savedSearch } = site.tables;
  return savedSearch.insert({ id: savedSearch.nextId(), name: label, label, api_entity: 'Contact', api_params: parameters(site, where) });
}

/** Saves other clauses in place of those behind a smart group. Its cache stays as it is (read). */
export function changeSavedSearch(site: Site, groupId: number, where: Where): void {
  const search = site.tables.group.get(groupId)?.saved_search_id ?? null;
  if (search === null) throw new RangeError(`there is no smart group with the id ${groupId}`);
  site.tables.savedSearch.update(search, { api_params: parameters(site, where) });
}

function parameters(site: Site, where: Where): string {
  compileWhere(unchecked(site), 'Contact', where);
  return JSON.stringify({ version: 4, select: ['id', 'display_name'], where });
}

/**
 * Ids of the contacts that a saved search finds now. Those in the trash are among them, if its clauses do not say
 * otherwise: the cache is filled by the query alone, past the place where Contact.get leaves them out
 * (read: GroupContactCache::getApiSQL, DAOGetAction::_run).
 */
export function* contactsOf(site: Site, savedSearchId: number): Iterable<number> {
  const row = site.tables.savedSearch.get(savedSearchId);
  if (row === undefined) throw new RangeError(`there is no saved search with the id ${savedSearchId}`);
  const { where } = JSON.parse(row.api_params) as { readonly where: Where };
  const holds = compileWhere(unchecked(site), 'Contact', where);
  for (const contact of candidates(unchecked(site), 'Contact', where)) if (holds(contact) === true) yield contact.id;
}
