import { firstFree, labelAccounts } from './account-labels.ts';
import { isList, isObject, pathText, type Json, type JsonObject } from './json.ts';
import { isLiteralSecret } from './literal-secret.ts';
import { isSecretReference, mapSecretPlaces } from './schema-walk.ts';

/** Settings fit to be exported, and what was taken out of them, by the names that the references give. */
export interface MovedSecrets {
  readonly settings: JsonObject;
  readonly secrets: Readonly<Record<string, string>>;
}

/** The names of all secrets that settings refer to. What is kept under any other name is no longer needed. */
export const referencedSecrets = (settings: Json): ReadonlySet<string> => {
  const names = new Set<string>();
  const collect = (value: Json): void => {
    if (isSecretReference(value)) names.add(value.secret);
    else if (isList(value)) value.forEach(collect);
    else if (isObject(value)) Object.values(value).forEach(collect);
  };
  collect(settings);
  return names;
};

/**
 * Moves everything secret out of settings: keys, webhook secrets (an address that holds one goes as a whole),
 * addresses with a password. In their place stands `{"secret": "name"}`. Accounts whose name is a key get a label,
 * and `lists.*.apiKey` follows. Equal values share a name. Texts with nothing but `${…}` hold no secret and stay.
 *
 * Settings need not be valid: what looks like a key at a place that the schema does not know is moved as well.
 * Moving twice changes nothing; names that the settings refer to already are not given again, so that
 * `{...kept, ...moved.secrets}` is right for the caller.
 */
export const moveSecrets = (settings: JsonObject): MovedSecrets => {
  const written = settings['accounts'];
  const { accounts, labels } = labelAccounts(isObject(written) ? written : {});
  const taken = new Set(referencedSecrets(settings));
  const names = new Map<string, string>();
  const nameOf = (secret: string, wanted: string): string => {
    const known = names.get(secret);
    if (known !== undefined) return known;
    const name = firstFree(wanted, taken);
    taken.add(name);
    names.set(secret, name);
    return name;
  };
  const relabelled = isObject(written) ? { ...settings, accounts } : settings;
  const moved = mapSecretPlaces(relabelled, (value, kind, path) => {
    const label = kind === 'account' && typeof value === 'string' ? labels.get(value) : undefined;
    if (label !== undefined) return label;
    return isLiteralSecret(value, kind) ? { secret: nameOf(value, pathText(path)) } : value;
  });
  return {
    settings: isObject(moved) ? moved : {},
    secrets: Object.fromEntries([...names].map(([secret, name]) => [name, secret])),
  };
};

/** Would `moveSecrets` find anything to move? For a warning where settings are exported with the flow. */
export const containsLiteralSecrets = (settings: JsonObject): boolean =>
  JSON.stringify(moveSecrets(settings).settings) !== JSON.stringify(settings);
