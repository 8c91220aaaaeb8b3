import { join } from 'node:path';
import type { StoreSettings } from '../settings/settings.ts';
import { openMysqlStore } from './mysql/mysql-store.ts';
import { openSqliteStore } from './sqlite/sqlite-store.ts';
import type { Store } from './store.ts';

/** What opening a store needs beside its settings. */
export interface StoreEnvironment {
  /** Node-RED's, where the embedded store's file lies unless the settings name one. */
  readonly userDirectory: string;
  readonly log?: (text: string) => void;
}

/** Opens the store that the settings name. Errors: those of `openSqliteStore` and `openMysqlStore`. */
export const openStore = (settings: StoreSettings, { userDirectory, log }: StoreEnvironment): Promise<Store> => {
  switch (settings.kind) {
    case 'sqlite':
      return openSqliteStore(settings.file ?? join(userDirectory, 'mailchimpsync.sqlite'), log && { log });
    case 'mysql':
      return openMysqlStore(settings);
  }
};
