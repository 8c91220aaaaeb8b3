import type { Report } from './problems.ts';
import type { ResolvedStore } from './schema.ts';
import type { StoreSettings } from './settings.ts';
import { checkDatabaseUrl } from './web-address.ts';

export const DEFAULT_TABLE_PREFIX = 'mailchimpsync_';

/** Where the sync keeps its own tables: a file in the user directory, unless the settings say otherwise. */
export const storeOf = (written: ResolvedStore | undefined, report: Report): StoreSettings => {
  const { sqlite, mysql, tablePrefix } = written ?? {};
  if (mysql === undefined) {
    if (tablePrefix !== undefined) report(['store', 'tablePrefix'], 'only a "mysql" store has a prefix; remove it, or set "mysql"');
    return { kind: 'sqlite', file: sqlite ?? null };
  }
  if (sqlite !== undefined) report(['store'], 'expected either "sqlite" or "mysql", found both');
  checkDatabaseUrl(mysql, ['store', 'mysql'], report);
  return { kind: 'mysql', url: mysql, tablePrefix: tablePrefix ?? DEFAULT_TABLE_PREFIX };
};
