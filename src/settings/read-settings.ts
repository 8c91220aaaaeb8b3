import { accountsOf } from './account-settings.ts';
import { audiencesOf } from './audience-settings.ts';
import { civicrmOf } from './civicrm-settings.ts';
import { missingVariableMessage, substituteVariables, type Environment } from './environment.ts';
import type { Json } from './json.ts';
import { readJsonText, type JsonText } from './json-text.ts';
import { literalSecrets } from './literal-secret.ts';
import { Problems } from './problems.ts';
import { redactorOf } from './redact.ts';
import { resolveSecrets, type Secrets } from './resolve-secrets.ts';
import { emptyListsAsMaps } from './schema-walk.ts';
import type { ResolvedSettings } from './schema.ts';
import type { Settings } from './settings.ts';
import { storeOf } from './store-settings.ts';
import { validate } from './validate.ts';

/** What settings may refer to. */
export interface References {
  /** Variables for `${NAME}`. */
  readonly env?: Environment;
  /** Values for `{"secret": "name"}`. */
  readonly secrets?: Secrets;
}

/** Reads JSON text, or takes from an object what JSON can hold. */
const jsonOf = (source: string | object): { readonly value: Json; readonly text: JsonText | null } => {
  if (typeof source !== 'string') return { value: JSON.parse(JSON.stringify(source)) as Json, text: null };
  const text = readJsonText(source);
  return { value: text.value, text };
};

const deriveSettings = (resolved: ResolvedSettings, secrets: Secrets, problems: Problems): Settings => {
  const accounts = accountsOf(resolved, problems.report);
  return {
    accounts,
    audiences: audiencesOf(resolved, accounts, secrets, problems.report),
    civicrm: civicrmOf(resolved.civicrm, problems.report),
    store: storeOf(resolved.store, problems.report),
  };
};

/**
 * Reads settings: checks them, puts in variables and secrets, fills in what they leave out.
 * @param source JSON text, or the object that it stands for.
 * @throws SettingsError `settings_syntax`: not JSON, with line and column · `settings_secret_missing`: a variable
 *   or secret without a value · `settings_invalid`: everything else, all problems of a stage together.
 *   No secret is in its words.
 */
export const readSettings = (source: string | object, { env = {}, secrets = {} }: References = {}): Settings => {
  const { value, text } = jsonOf(source);
  const problems = new Problems(text);
  const redactorFor = (...read: Json[]) => redactorOf([...Object.values(secrets), ...read.flatMap((json) => [...literalSecrets(json)])]);

  const written = substituteVariables(emptyListsAsMaps(value), env, (name, path) =>
    problems.report(path, missingVariableMessage(name)),
  );
  const redact = redactorFor(value, written);
  problems.settle('settings_secret_missing', redact);

  validate(written, problems.report);
  problems.settle('settings_invalid', redact);

  const resolved = resolveSecrets(written, { env, secrets }, problems.report);
  problems.settle('settings_secret_missing', redact);

  // `validate` has seen to it that the cast is true.
  const settings = deriveSettings(resolved as unknown as ResolvedSettings, secrets, problems);
  problems.settle('settings_invalid', redactorFor(value, written, resolved));
  return settings;
};
