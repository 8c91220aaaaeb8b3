import { isOnlyVariables } from './environment.ts';
import { isObject, type Json } from './json.ts';
import { mapSecretPlaces, type PlaceKind } from './schema-walk.ts';
import { secretsInUrl } from './secret-url.ts';

const API_KEY = /(?:^|[^0-9a-z])[0-9a-f]{32}-[a-z]{2,4}\d{1,3}(?:$|[^0-9a-z])/iu;

/** Does the text hold a Mailchimp API key? */
const holdsKey = (text: string): boolean => API_KEY.test(text);

/**
 * May the name of an account be its key? A key that was copied in part counts, and one without a data centre:
 * better a label taken for a key than a key shown.
 */
export const mayBeKey = (name: string): boolean => /[0-9a-f]{16}/iu.test(name);

/** Does the address hold a password or secret that is written out, not put in by `${…}`? */
const holdsSecret = (url: string): boolean => secretsInUrl(url).some((secret) => !isOnlyVariables(secret));

/** What makes a text a secret at each kind of place. */
const secretAt: Readonly<Record<PlaceKind, (text: string) => boolean>> = {
  text: (text) => !isOnlyVariables(text),
  url: holdsSecret,
  account: mayBeKey,
  unknown: (text) => holdsKey(text) || holdsSecret(text),
};

/** Is it a secret written out at this place? */
export const isLiteralSecret = (value: Json, kind: PlaceKind): value is string =>
  typeof value === 'string' && secretAt[kind](value);

/** Everything in settings, valid or not, that must not be shown: secrets written out, and names that are keys. */
export const literalSecrets = (settings: Json): ReadonlySet<string> => {
  const accounts = isObject(settings) ? settings['accounts'] : undefined;
  const secrets = new Set(isObject(accounts) ? Object.keys(accounts).filter(mayBeKey) : []);
  mapSecretPlaces(settings, (value, kind) => {
    if (!isLiteralSecret(value, kind)) return value;
    if (kind !== 'url') secrets.add(value);
    for (const secret of secretsInUrl(value)) secrets.add(secret);
    return value;
  });
  return secrets;
};
