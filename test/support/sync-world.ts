import { listId, type ListId } from '../../src/base/ids.ts';
import type { Random } from '../../src/base/random.ts';
import { readSettings } from '../../src/settings/read-settings.ts';
import type { Settings } from '../../src/settings/settings.ts';
import type { RowMirror } from '../../src/simulator/civicrm/row-mirror.ts';
import { CivicrmSimulator } from '../../src/simulator/civicrm/simulator.ts';
import { MailchimpSimulator } from '../../src/simulator/mailchimp/simulator.ts';
import { registerWebhooks } from '../../src/simulator/register-webhooks.ts';
import { SeededRandom } from '../../src/simulator/seeded-random.ts';
import { simulatorSettings, type JsonObject } from '../../src/simulator/simulator-settings.ts';
import { setUpWorld, world } from '../../src/simulator/world.ts';
import type { Store } from '../../src/store/store.ts';
import type { Engine } from '../../src/sync/engine.ts';
import { openEngine } from '../../src/sync/open-engine.ts';
import { inProcessStore, type InProcessStore } from '../property/in-process-store.ts';
import { inProcessAdapter } from './in-process-adapter.ts';
import { standingTime } from './standing-time.ts';

const MAILCHIMP_URL = 'http://127.0.0.1:8181';
const CIVICRM_URL = 'http://127.0.0.1:8282';
const WEBHOOK_BASE = 'http://127.0.0.1:1880';
/** A whole second, as both services date everything. */
export const START = Date.UTC(2026, 10, 24, 9);

export const LIST: ListId = listId(world.mailchimp.listId);
export const INTEREST = world.mailchimp.interestId;
export const GROUP = world.civicrm.subscriptionGroup.id;
export const INTEREST_GROUP = world.civicrm.interestGroup.id;
/** A second audience of the same account, where a test asks for it. */
export const OTHER_LIST: ListId = listId('b0d1e2c3b4');
export const OTHER_GROUP = 21;

export interface WorldOptions {
  /** More settings of the audience, as in the settings file. */
  readonly list?: JsonObject;
  /** More of the CiviCRM section. */
  readonly civicrm?: JsonObject;
  /** A second audience, bound to a group of its own. */
  readonly twoAudiences?: boolean;
  /** Milliseconds that CiviCRM's clock is ahead of Mailchimp's. */
  readonly civicrmAhead?: number;
  /** Milliseconds that the engine's own clock is ahead of Mailchimp's. */
  readonly engineAhead?: number;
  readonly seed?: number;
  /** Keeps CiviCRM's rows in a database too, for `access: "sql+api"`. */
  readonly mirror?: RowMirror;
}

/** Both simulated services on one standing clock, and an engine with an embedded store over them, all in this process. */
export interface SyncWorld {
  readonly time: ReturnType<typeof standingTime>;
  readonly mailchimp: MailchimpSimulator;
  readonly civicrm: CivicrmSimulator;
  readonly settings: Settings;
  readonly store: Store;
  readonly engine: Engine;
  /** What the engine logged. */
  readonly logged: readonly string[];
  /** Another engine on the same store, with other settings of the audience, or with these for another audience in its place. */
  reopen(list: JsonObject, bound?: ListId): Promise<Engine>;
  /** Something happens just before the next request that fits (`PATCH /3.0/lists/…`) reaches its service. */
  justBefore(request: RegExp, act: () => void): void;
}

const seededRandom = (seed: number): Random => {
  const random = new SeededRandom(seed);
  return {
    fraction: () => random.fraction(),
    token: (bytes) => Array.from({ length: bytes }, () => random.below(256).toString(16).padStart(2, '0')).join(''),
  };
};

function settingsOf(options: WorldOptions, list: JsonObject, id: ListId = LIST): Settings {
  const base = simulatorSettings({ mailchimpUrl: MAILCHIMP_URL, civicrmUrl: CIVICRM_URL, timezone: 'UTC', webhookBase: WEBHOOK_BASE });
  const lists = base['lists'] as JsonObject;
  const bound = { ...(lists[LIST] as JsonObject), ...list };
  const other: JsonObject = options.twoAudiences ? { [OTHER_LIST]: { subscriptionGroup: String(OTHER_GROUP), apiKey: world.mailchimp.account, limits: { percent: 100 } } } : {};
  return readSettings({ ...base, lists: { ...other, [id]: bound }, civicrm: { ...(base['civicrm'] as JsonObject), ...options.civicrm } });
}

/** Stores of the running test, closed after it. */
const open = new Set<InProcessStore>();

/** To be called once in a `describe`: closes what its tests opened. */
export function closeWorlds(): void {
  afterEach(() => {
    for (const database of open) database.close();
    open.clear();
  });
}

export async function openWorld(options: WorldOptions = {}): Promise<SyncWorld> {
  const time = standingTime(START, options.engineAhead);
  const chance = new SeededRandom(options.seed ?? 1);
  const random = (): number => chance.fraction();
  let engine: Engine | undefined;
  const mailchimp = new MailchimpSimulator({
    clock: time.services,
    random,
    apiKey: world.mailchimp.apiKey,
    baseUrl: () => MAILCHIMP_URL,
    deliver: async ({ url, headers, body }) => (await engine!.receiveWebhook({ method: 'POST', query: Object.fromEntries(new URL(url).searchParams), body, headers })).status,
  });
  const civicrm = new CivicrmSimulator({ clock: time.services, random, apiKey: world.civicrm.apiKey, skew: options.civicrmAhead ?? 0, ...(options.mirror && { mirror: options.mirror }) });
  setUpWorld(mailchimp, civicrm);
  if (options.twoAudiences) {
    mailchimp.setup.createList({ id: OTHER_LIST, name: 'Members' });
    civicrm.acts.createGroup({ id: OTHER_GROUP, title: 'Members' });
  }
  registerWebhooks(mailchimp, WEBHOOK_BASE);
  mailchimp.webhooks.manual = true;
  mailchimp.batches.manual = true;
  const database = inProcessStore('5e7f');
  open.add(database);
  const store = database.opened(() => Promise.resolve());
  const logged: string[] = [];
  const meanwhile = new Meanwhile();
  const adapter = inProcessAdapter(new Map<string, MailchimpSimulator | CivicrmSimulator>([[MAILCHIMP_URL, mailchimp], [CIVICRM_URL, civicrm]]), {
    timedOut: (timeout) => time.services.advance(timeout),
    sees: ({ method, path }) => meanwhile.happens(`${method} ${path}`),
  });
  let engines = 0;
  /** Each engine has a chance of its own: two that draw the same names would be one to the store. */
  const openOn = (settings: Settings): Promise<Engine> =>
    openEngine(settings, { store, clock: time.engine, random: seededRandom((options.seed ?? 1) + engines++), adapter, log: (text) => logged.push(text) });
  const settings = settingsOf(options, options.list ?? {});
  engine = await openOn(settings);
  const reopen = (list: JsonObject, bound?: ListId): Promise<Engine> => openOn(settingsOf(options, list, bound));
  return { time, mailchimp, civicrm, settings, store, engine, logged, reopen, justBefore: (request, act) => meanwhile.add(request, act) };
}

/** Acts that wait for a request. */
class Meanwhile {
  #acts: { readonly request: RegExp; readonly act: () => void }[] = [];

  add(request: RegExp, act: () => void): void {
    this.#acts.push({ request, act });
  }

  happens(request: string): void {
    const due = this.#acts.find((each) => each.request.test(request));
    if (!due) return;
    this.#acts = this.#acts.filter((each) => each !== due);
    due.act();
  }
}
