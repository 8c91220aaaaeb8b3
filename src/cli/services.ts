import { rm } from 'node:fs/promises';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SyncError } from '../base/errors.ts';
import { mapTexts } from '../settings/json.ts';
import type { JsonObject } from '../settings/json.ts';
import { readJsonText } from '../settings/json-text.ts';
import { readSettingsFile } from '../settings/read-settings-file.ts';
import type { Environment } from '../settings/environment.ts';
import { launchSimulators } from '../simulator/launch.ts';
import type { LaunchedSimulators } from '../simulator/launch.ts';
import { dropMysqlStore } from '../store/mysql/drop-store.ts';
import { DEFAULT_PEOPLE } from './arguments.ts';
import type { RunOptions } from './arguments.ts';
import { STORE_CHOICE } from './own-database.ts';

/** Which services are synchronised. */
export type Choice =
  /** Those of a settings file. */
  | { readonly kind: 'own'; readonly settings: JsonObject }
  /** Simulated ones, with so many people. */
  | { readonly kind: 'simulated'; readonly people: number };

/** Variables that stand for the simulators' addresses in the flow, because they change from start to start. */
const MAILCHIMP_VARIABLE = 'MAILCHIMPSYNC_SIMULATED_MAILCHIMP';
const CIVICRM_VARIABLE = 'MAILCHIMPSYNC_SIMULATED_CIVICRM';
const STORE_VARIABLE = 'MAILCHIMPSYNC_SIMULATED_STORE';
const NODE_RED_VARIABLE = 'MAILCHIMPSYNC_NODE_RED';

/** Folder of the simulators' state below the user directory. */
const STATE_FOLDER = 'simulated';
const STORE_FILE = 'simulated.sqlite';
const SIMULATED_TABLES = 'mailchimpsync_simulated_';
const PEOPLE_FILE = 'simulated-people.json';

/** Reads what the environment and the options choose. Throws the `SettingsError` of a settings file that cannot be used. */
export const chooseServices = async (options: Pick<RunOptions, 'people' | 'userDirectory'>, env: Environment): Promise<Choice> => {
  requireKnownStore(env);
  const path = env['MAILCHIMPSYNC_SETTINGS'];
  if (path === undefined || path === '') return { kind: 'simulated', people: options.people ?? rememberedPeople(options.userDirectory) ?? DEFAULT_PEOPLE };
  if (options.people !== null) throw new SyncError('settings_invalid', '--people is for simulated services; leave it out, or MAILCHIMPSYNC_SETTINGS.');
  await readSettingsFile(path, env);
  // Valid settings are a JSON object.
  const written = readJsonText(readFileSync(path, 'utf8')).value as JsonObject;
  return { kind: 'own', settings: withChosenStore(written, env) };
};

/** The store that the environment chooses goes before the settings'. */
const withChosenStore = (settings: JsonObject, env: Environment): JsonObject => {
  const { tablePrefix = null } = (settings['store'] ?? {}) as JsonObject;
  const chosen = chosenStore(env);
  if (chosen === null) return settings;
  return { ...settings, store: chosen === 'sqlite' ? {} : { mysql: STORE_REFERENCE, ...(tablePrefix !== null && { tablePrefix }) } };
};

/** What the flow has in place of the address of a MySQL store, which may hold a password. */
const STORE_REFERENCE = `\${${STORE_CHOICE}}`;

const chosenStore = (env: Environment): 'sqlite' | 'mysql' | null => {
  const store = env[STORE_CHOICE] ?? '';
  if (store === '' || store === 'sqlite') return store === '' ? null : store;
  return 'mysql';
};

const requireKnownStore = (env: Environment): void => {
  const store = env[STORE_CHOICE] ?? '';
  if (store === '' || store === 'sqlite' || /^(mysql|mariadb):\/\//u.test(store)) return;
  throw new SyncError('settings_invalid', `${STORE_CHOICE} is ${JSON.stringify(store)}: expected sqlite, mysql or a mysql:// URL.`);
};

/** Simulators that run, with the settings that connect a flow with them. */
export interface SimulatedServices {
  readonly simulators: LaunchedSimulators;
  readonly settings: JsonObject;
  /** The store that the environment chooses, which goes before that of a flow that was kept; null: it chooses none. */
  readonly chosenStore: JsonObject | null;
}

export interface SimulatedOptions {
  readonly userDirectory: string;
  readonly people: number;
  /** Node-RED's address, to which webhooks go. */
  readonly nodeRedUrl: string;
  /** Whether the simulated Mailchimp calls the flow's webhooks. */
  readonly webhooks: boolean;
}

/**
 * Starts the simulators on the state in the user directory, and sets the variables that the settings refer to. When
 * their state is made afresh, the store goes too: what it remembers is of other people.
 */
export const startSimulated = async ({ userDirectory, people, nodeRedUrl, webhooks }: SimulatedOptions): Promise<SimulatedServices> => {
  mkdirSync(userDirectory, { recursive: true });
  const simulators = await launchSimulators({ state: join(userDirectory, STATE_FOLDER), people, webhookBase: nodeRedUrl, registerWebhooks: webhooks });
  const store = await simulatedStore(userDirectory, simulators.fresh !== null).catch(async (error: unknown) => {
    await simulators.stop();
    throw error;
  });
  writeFileSync(join(userDirectory, PEOPLE_FILE), `${JSON.stringify({ people })}\n`);
  const variables = {
    [MAILCHIMP_VARIABLE]: simulators.urls.mailchimp,
    [CIVICRM_VARIABLE]: simulators.urls.civicrm,
    [NODE_RED_VARIABLE]: nodeRedUrl,
  };
  Object.assign(process.env, variables);
  const settings = mapTexts(simulators.settings, (text) => withVariables(text, variables)) as JsonObject;
  return { simulators, settings: { ...settings, store }, chosenStore: chosenStore(process.env) === null ? null : store };
};

/** The settings of the store of simulated people, which is nobody else's; emptied when it is of other people. */
const simulatedStore = async (userDirectory: string, fresh: boolean): Promise<JsonObject> => {
  if (chosenStore(process.env) === 'mysql') {
    if (fresh) await dropMysqlStore({ url: process.env[STORE_CHOICE] ?? '', tablePrefix: SIMULATED_TABLES });
    return { mysql: STORE_REFERENCE, tablePrefix: SIMULATED_TABLES };
  }
  const file = join(userDirectory, STORE_FILE);
  if (fresh) await Promise.all(['', '-wal', '-shm'].map((part) => rm(`${file}${part}`, { force: true })));
  process.env[STORE_VARIABLE] = file;
  return { sqlite: `\${${STORE_VARIABLE}}` };
};

const withVariables = (text: string, variables: Readonly<Record<string, string>>): string =>
  Object.entries(variables).reduce((rest, [name, value]) => rest.replaceAll(value, `\${${name}}`), text);

const rememberedPeople = (userDirectory: string): number | null => {
  const file = join(userDirectory, PEOPLE_FILE);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { people: number }).people : null;
};
