import assert from 'node:assert/strict';
import type { JsonObject } from '../../src/simulator/simulator-settings.ts';
import type { HeldPlan } from '../../src/store/entities.ts';
import type { Counts } from '../../src/sync/stage.ts';
import { openScenario, type Scenario } from './scenario.ts';
import { GROUP, LIST, type WorldOptions } from './sync-world.ts';

/** Settings without any for the limits: the defaults. */
export const DEFAULTS: JsonObject = { limits: {} };
const NEVER = new AbortController().signal;

/** The address of the person of a number. */
export const person = (number: number): string => `person${number}@example.org`;

/** So many people are subscribed and Added, in step; from then on the default limits hold, and whatever else the settings say. */
export async function openCrowd(people: number, list: JsonObject = {}, options: WorldOptions = {}): Promise<{ readonly s: Scenario; readonly contacts: readonly number[] }> {
  const s = await openScenario({ ...options, list: { ...options.list, limits: { people: 1_000_000 }, submitSingly: 1000 } });
  const contacts = Array.from({ length: people }, (_, number) => s.civi.creates('Wilma', person(number)));
  for (const contact of contacts) s.civi.adds(contact);
  for (const round of ['full', 'incremental'] as const) {
    s.passes(60);
    await s.sync.run(round);
  }
  s.webhooksAreLost();
  s.passes(2 * 24 * 3600);
  await s.sync.run('full');
  s.sync.engine = await s.world.reopen({ submitSingly: 1000, ...DEFAULTS, ...list });
  s.passes(60);
  return { s, contacts };
}

/** Everything on both sides, but for what reads change. */
export const bothSides = (s: Scenario): unknown =>
  structuredClone({
    members: s.world.mailchimp.state.lists.map(({ members }) => members),
    groups: [...s.world.civicrm.tables.groupContact.all()],
    history: [...s.world.civicrm.tables.subscriptionHistory.all()],
    contacts: [...s.world.civicrm.tables.contact.all()],
    emails: [...s.world.civicrm.tables.email.all()],
  });

/** The plan that waits for approval. */
export async function heldIn(s: Scenario): Promise<HeldPlan> {
  return (await s.world.store.openPlan(LIST)) ?? assert.fail('no plan is held');
}

export const approve = (s: Scenario, options: { readonly except?: readonly (string | number)[]; readonly plan?: HeldPlan['id'] } = {}): Promise<Counts> => s.sync.engine.approve(LIST, { ...options, signal: NEVER });
export const reject = (s: Scenario, options: { readonly plan?: HeldPlan['id'] } = {}): Promise<Counts> => s.sync.engine.reject(LIST, { ...options, signal: NEVER });

/** How many are subscribed, and how many Added. */
export const figures = (s: Scenario): readonly [subscribed: number, added: number] => [
  s.world.mailchimp.state.lists.find(({ id }) => id === LIST)?.members.filter(({ status }) => status === 'subscribed').length ?? 0,
  [...s.world.civicrm.tables.groupContact.all()].filter(({ group_id, status }) => group_id === GROUP && status === 'Added').length,
];
