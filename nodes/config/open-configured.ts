import { openStore } from '../../src/store/open-store.ts';
import { openEngine } from '../../src/sync/open-engine.ts';
import type { OpenConfigured } from './config-node.ts';

/** Opens the store that the settings name, and an engine on it. */
export const openConfigured: OpenConfigured = async (settings, { userDirectory, log }) => {
  const store = await openStore(settings.store, { userDirectory, log });
  try {
    return await openEngine(settings, { store, log });
  } catch (error) {
    await store.close();
    throw error;
  }
};
