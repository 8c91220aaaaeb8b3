import { readSettings } from '../../src/settings/read-settings.ts';
import type { AudienceSettings, Settings } from '../../src/settings/settings.ts';
import { simulatorSettings, type JsonObject } from '../../src/simulator/simulator-settings.ts';
import { world } from '../../src/simulator/world.ts';
import { BINDINGS } from './audience.ts';

export const MAILCHIMP = 'http://mailchimp.test';
export const CIVICRM = 'http://civicrm.test';
export const NODE_RED = 'http://node-red.test';

/** Settings of all audiences that a history may have away from their defaults. `submitSingly`: up to so many updates go without a batch. */
export type ListOptions = Pick<AudienceSettings, 'submitSingly' | 'optOut' | 'onContactDeleted' | 'onRemove' | 'newMemberStatus' | 'addressFollows' | 'onAddressChange'>;

const written = simulatorSettings({ mailchimpUrl: MAILCHIMP, civicrmUrl: CIVICRM, timezone: 'UTC', webhookBase: NODE_RED });
const lists = written['lists'] as JsonObject;

const known = new Map<string, Settings>();

export function settingsWith({ audiences, submitSingly, optOut, onContactDeleted, onRemove, newMemberStatus, addressFollows, onAddressChange }: ListOptions & { readonly audiences: number }): Settings {
  const options = { submitSingly, optOut, onContactDeleted, onRemove, newMemberStatus, addressFollows, onAddressChange };
  const key = JSON.stringify([audiences, options]);
  const [first, ...others] = BINDINGS.slice(0, audiences);
  const bound = (more: JsonObject): JsonObject => ({ ...more, ...options });
  const more = others.map(({ list, group }) => [list, bound({ subscriptionGroup: String(group), apiKey: world.mailchimp.account, limits: { percent: 100 }, data: { names: true } })]);
  const all: JsonObject = { [first!.list]: bound(lists[first!.list] as JsonObject), ...Object.fromEntries(more) };
  const settings = known.get(key) ?? readSettings({ ...written, lists: all }, { env: {}, secrets: {} });
  known.set(key, settings);
  return settings;
}
