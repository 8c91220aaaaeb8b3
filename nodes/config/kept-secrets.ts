import { Ajv } from 'ajv';
import { SyncError } from '../../src/base/errors.ts';
import type { Json } from '../../src/settings/json.ts';
import type { Secrets } from '../../src/settings/resolve-secrets.ts';
import { referencedSecrets } from '../../src/settings/secrets.ts';

/**
 * Credentials of the configuration node, both JSON objects of secrets by name. The editor never gets to see `secrets`,
 * so it cannot add to them: what is entered in the dialog comes as `added`, and the node joins the two when it starts.
 * `given` are those that Mailchimp gave to the control node; settings need not refer to them.
 */
export interface ConfigCredentials {
  readonly secrets?: string;
  readonly added?: string;
  readonly given?: string;
}

const isSecrets = new Ajv().compile<Secrets>({ type: 'object', additionalProperties: { type: 'string' } });

function parseSecrets(text: string | undefined): Secrets {
  if (text === undefined || text === '') return {};
  const secrets: unknown = parsed(text);
  if (isSecrets(secrets)) return secrets;
  throw new SyncError('settings_invalid', 'The secrets kept for these settings cannot be read: enter them again in the dialog of the configuration.');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** All secrets that are kept, by name; '' for one that is known to be gone. Throws `settings_invalid` when they cannot be read. */
export const keptSecrets = ({ given, ...entered }: ConfigCredentials): Secrets => ({ ...enteredSecrets(entered), ...parseSecrets(given) });

const enteredSecrets = ({ secrets, added }: Omit<ConfigCredentials, 'given'>): Secrets => ({ ...parseSecrets(secrets), ...parseSecrets(added) });

/** The credentials with secrets that were given; '' for one that is gone, so that an older one that was entered does not take its place. */
export const withGivenSecrets = (credentials: ConfigCredentials, given: Secrets): ConfigCredentials => ({ ...credentials, given: JSON.stringify({ ...parseSecrets(credentials.given), ...given }) });

/** The names of the secrets entered since the last deployment. */
export const enteredNames = ({ added }: ConfigCredentials): ReadonlySet<string> => new Set(Object.keys(parseSecrets(added)));

/**
 * The credentials with what was entered joined, without what the settings no longer refer to, and without what had been
 * given before under the same names; null when they are so already.
 */
export function joinedCredentials(credentials: ConfigCredentials, settings: Json): ConfigCredentials | null {
  if (credentials.added === undefined || credentials.added === '') return null;
  const names = referencedSecrets(settings);
  const entered = enteredNames(credentials);
  const { secrets: _secrets, added: _added, given, ...others } = credentials;
  return {
    ...others,
    ...(given !== undefined && { given: JSON.stringify(Object.fromEntries(Object.entries(parseSecrets(given)).filter(([name]) => !entered.has(name)))) }),
    secrets: JSON.stringify(Object.fromEntries(Object.entries(enteredSecrets(credentials)).filter(([name]) => names.has(name)))),
  };
}
