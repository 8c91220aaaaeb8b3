import { missingVariableMessage, withVariables, type Environment } from './environment.ts';
import type { Json } from './json.ts';
import type { Report } from './problems.ts';
import { isSecretReference, mapSecretPlaces } from './schema-walk.ts';

/** Values of secrets by the names that references give. */
export type Secrets = Readonly<Record<string, string>>;

/** Puts the values in place of all references. A value may hold `${…}`, as it might have in the settings. */
export const resolveSecrets = (
  settings: Json,
  { env, secrets }: { env: Environment; secrets: Secrets },
  report: Report,
): Json =>
  mapSecretPlaces(settings, (value, _kind, path) => {
    if (!isSecretReference(value)) return value;
    const secret = Object.hasOwn(secrets, value.secret) ? secrets[value.secret] : undefined;
    if (secret === undefined) {
      report(path, `the secret "${value.secret}" has no value; enter it in the dialog of the settings`);
      return '';
    }
    return withVariables(secret, env, path, (name) => report(path, missingVariableMessage(name)));
  });
