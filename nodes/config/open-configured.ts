import { join } from 'node:path';
import { SyncError } from '../../src/base/errors.ts';
import type { StoreSettings } from '../../src/settings/settings.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import type { Store } from '../../src/store/store.ts';
import { openEngine } from '../../src/sync/open-engine.ts';
import type { OpenConfigured } from './config-node.ts';

/** Opens the store that the settings name, and an engine on it. */
export const openConfigured: OpenConfigured = async (settings, { userDirectory, log }) => {
  const store = await openStore(settings.store, userDirectory, log);
  try {
    return await openEngine(settings, { store, log });
  } catch (error) {
    await store.close();
    throw error;
  }
};

function openStore(settings: StoreSettings, userDirectory: string, log: (text: string) => void): Promise<Store> {
  if (settings.kind === 'mysql') {
    throw new SyncError('store_unavailable', 'This version keeps its tables in SQLite only: leave "mysql" out of "store" in the settings.');
  }
  return openSqliteStore(settings.file ?? join(userDirectory, 'mailchimpsync.sqlite'), { log });
}
