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
import { DEFAULT_PEOPLE } from './arguments.ts';
import type { RunOptions } from './arguments.ts';

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
const PEOPLE_FILE = 'simulated-people.json';

/** Reads what the environment and the options choose. Throws the `SettingsError` of a settings file that cannot be used. */
export const chooseServices = async (options: RunOptions, env: Environment): Promise<Choice> => {
  const path = env['MAILCHIMPSYNC_SETTINGS'];
  if (path === undefined || path === '') return { kind: 'simulated', people: options.people ?? rememberedPeople(options.userDirectory) ?? DEFAULT_PEOPLE };
  if (options.people !== null) throw new SyncError('settings_invalid', '--people is for simulated services; leave it out, or MAILCHIMPSYNC_SETTINGS.');
  await readSettingsFile(path, env);
  // Valid settings are a JSON object.
  const written = readJsonText(readFileSync(path, 'utf8')).value as JsonObject;
  return { kind: 'own', settings: withStore(written, env) };
};

/** `MAILCHIMPSYNC_STORE` goes before the settings. The flow refers to the variable: its URL may hold a password. */
const withStore = (settings: JsonObject, env: Environment): JsonObject => {
  const store = env['MAILCHIMPSYNC_STORE'];
  if (store === undefined || store === '') return settings;
  if (store === 'sqlite') return { ...settings, store: {} };
  if (store.startsWith('mysql://')) return { ...settings, store: { mysql: '${MAILCHIMPSYNC_STORE}' } };
  throw new SyncError('settings_invalid', `MAILCHIMPSYNC_STORE is ${JSON.stringify(store)}: expected sqlite or a mysql:// URL.`);
};

/** Simulators that run, with the settings that connect a flow with them. */
export interface SimulatedServices {
  readonly simulators: LaunchedSimulators;
  readonly settings: JsonObject;
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
  const store = join(userDirectory, STORE_FILE);
  if (simulators.fresh !== null) await Promise.all(['', '-wal', '-shm'].map((part) => rm(`${store}${part}`, { force: true })));
  writeFileSync(join(userDirectory, PEOPLE_FILE), `${JSON.stringify({ people })}\n`);
  const variables = {
    [MAILCHIMP_VARIABLE]: simulators.urls.mailchimp,
    [CIVICRM_VARIABLE]: simulators.urls.civicrm,
    [NODE_RED_VARIABLE]: nodeRedUrl,
  };
  Object.assign(process.env, variables, { [STORE_VARIABLE]: store });
  const settings = mapTexts(simulators.settings, (text) => withVariables(text, variables)) as JsonObject;
  return { simulators, settings: withStore({ ...settings, store: { sqlite: `\${${STORE_VARIABLE}}` } }, process.env) };
};

const withVariables = (text: string, variables: Readonly<Record<string, string>>): string =>
  Object.entries(variables).reduce((rest, [name, value]) => rest.replaceAll(value, `\${${name}}`), text);

const rememberedPeople = (userDirectory: string): number | null => {
  const file = join(userDirectory, PEOPLE_FILE);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { people: number }).people : null;
};
