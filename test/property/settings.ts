import { readSettings } from '../../src/settings/read-settings.ts';
import type { Settings } from '../../src/settings/settings.ts';
import { simulatorSettings, type JsonObject } from '../../src/simulator/simulator-settings.ts';
import { world } from '../../src/simulator/world.ts';

export const MAILCHIMP = 'http://mailchimp.test';
export const CIVICRM = 'http://civicrm.test';
export const NODE_RED = 'http://node-red.test';

const written = simulatorSettings({ mailchimpUrl: MAILCHIMP, civicrmUrl: CIVICRM, timezone: 'UTC', webhookBase: NODE_RED });
const lists = written['lists'] as JsonObject;

const known = new Map<number, Settings>();

/** @param submitSingly up to so many updates go without a batch */
export function settingsWith(submitSingly: number): Settings {
  const list = { ...(lists[world.mailchimp.listId] as JsonObject), submitSingly };
  const settings = known.get(submitSingly) ?? readSettings({ ...written, lists: { [world.mailchimp.listId]: list } }, { env: {}, secrets: {} });
  known.set(submitSingly, settings);
  return settings;
}
