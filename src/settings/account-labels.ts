import { isObject, type Json, type JsonObject } from './json.ts';
import { mayBeKey } from './literal-secret.ts';

/** Accounts of which no name is a key any more, and where each key and old name led. */
export interface LabelledAccounts {
  readonly accounts: JsonObject;
  /** From an old name, or a key written out, to the label of the account. */
  readonly labels: ReadonlyMap<string, string>;
}

const isKey = (name: string, account: Json): boolean =>
  mayBeKey(name) || (isObject(account) && account['apiKey'] === name);

/** A label for people: the organisation's name where it is given, else the data centre of the key. */
const labelFor = (name: string, account: Json): string => {
  const given = isObject(account) ? account['account_name'] : undefined;
  if (typeof given === 'string' && given.trim() !== '' && given !== name && !given.includes('${') && !mayBeKey(given)) {
    return given;
  }
  const dataCentre = /-([a-z]{2,4}\d{1,3})$/iu.exec(name)?.[1];
  return dataCentre === undefined ? 'account' : `account ${dataCentre}`;
};

/** The wanted name, or the first of `name 2`, `name 3`, … that is not taken. */
export const firstFree = (wanted: string, taken: ReadonlySet<string>): string => {
  let name = wanted;
  for (let number = 2; taken.has(name); number += 1) name = `${wanted} ${number}`;
  return name;
};

/** Gives each account whose name is a key a label; a key that stood in the name only goes into the account. */
export const labelAccounts = (accounts: JsonObject): LabelledAccounts => {
  const entries = Object.entries(accounts);
  const taken = new Set(entries.map(([name]) => name));
  const labels = new Map<string, string>();
  const labelled = entries.map(([name, account]): [string, Json] => {
    if (!isKey(name, account)) return [name, account];
    const label = firstFree(labelFor(name, account), taken);
    taken.add(label);
    labels.set(name, label);
    return [label, isObject(account) && !Object.hasOwn(account, 'apiKey') ? { ...account, apiKey: name } : account];
  });
  for (const [label, account] of labelled) {
    const key = isObject(account) ? account['apiKey'] : undefined;
    if (typeof key === 'string' && !labels.has(key) && !taken.has(key)) labels.set(key, label);
  }
  return { accounts: Object.fromEntries(labelled), labels };
};

