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

/** All secrets that are kept, by name. Throws `settings_invalid` when they cannot be read. */
export const keptSecrets = ({ given, ...entered }: ConfigCredentials): Secrets => ({ ...enteredSecrets(entered), ...parseSecrets(given) });

const enteredSecrets = ({ secrets, added }: Omit<ConfigCredentials, 'given'>): Secrets => ({ ...parseSecrets(secrets), ...parseSecrets(added) });

/** The credentials with a secret that was given kept, or forgotten where it is null. */
export function withGivenSecret(credentials: ConfigCredentials, name: string, secret: string | null): ConfigCredentials {
  const { [name]: _before, ...others } = parseSecrets(credentials.given);
  return { ...credentials, given: JSON.stringify(secret === null ? others : { ...others, [name]: secret }) };
}

/** The credentials with what was entered joined, without what the settings no longer refer to; null when they are so already. */
export function joinedCredentials(credentials: ConfigCredentials, settings: Json): ConfigCredentials | null {
  if (credentials.added === undefined || credentials.added === '') return null;
  const names = referencedSecrets(settings);
  const { secrets: _secrets, added: _added, ...others } = credentials;
  return { ...others, secrets: JSON.stringify(Object.fromEntries(Object.entries(enteredSecrets(credentials)).filter(([name]) => names.has(name)))) };
}
