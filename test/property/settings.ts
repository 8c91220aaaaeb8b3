import { readSettings } from '../../src/settings/read-settings.ts';
import type { Settings } from '../../src/settings/settings.ts';
import { simulatorSettings, type JsonObject } from '../../src/simulator/simulator-settings.ts';
import { world } from '../../src/simulator/world.ts';

export const MAILCHIMP = 'http://mailchimp.test';
export const CIVICRM = 'http://civicrm.test';
export const NODE_RED = 'http://node-red.test';

const written = simulatorSettings({ mailchimpUrl: MAILCHIMP, civicrmUrl: CIVICRM, timezone: 'UTC', webhookBase: NODE_RED });
const lists = written['lists'] as JsonObject;

/** @param submitSingly up to so many updates go without a batch */
export const settingsWith = (submitSingly: number): Settings =>
  readSettings({ ...written, lists: { [world.mailchimp.listId]: { ...(lists[world.mailchimp.listId] as JsonObject), submitSingly } } }, { env: {}, secrets: {} });
