import type { Path } from './json.ts';
import type { Report } from './problems.ts';
import type { ResolvedAccount, ResolvedSettings } from './schema.ts';
import { secretOfWebhook, withSecret } from './secret-url.ts';
import type { AccountSettings } from './settings.ts';
import { baseUrl } from './web-address.ts';

/** Mailchimp allows 10 a user (facts/mailchimp.md, Access); two are left for people and other programs. */
export const DEFAULT_CONNECTIONS = 8;

/** The end of a key names the host; letters and digits only, because it becomes part of an address. */
const DATA_CENTRE = /-([a-z]{2,4}\d{1,3})$/u;

const apiUrlOf = (account: ResolvedAccount, path: Path, report: Report): string => {
  if (account.apiUrl !== undefined) return baseUrl(account.apiUrl, [...path, 'apiUrl'], report);
  const dataCentre = DATA_CENTRE.exec(account.apiKey)?.[1];
  if (dataCentre === undefined) {
    report(
      [...path, 'apiKey'],
      'the key does not end in a data centre such as "-us11", so the address of Mailchimp is not known; copy the whole key, or set "apiUrl"',
    );
    return '';
  }
  return `https://${dataCentre}.api.mailchimp.com/3.0`;
};

/** Secret of a webhook's address; an address that is none is reported. Empty texts stand for "not set" in the source's blob. */
export const webhookSecretAt = (url: string | undefined, path: Path, report: Report): string | null => {
  if (url === undefined || url === '') return null;
  if (!URL.canParse(url)) report(path, 'expected a web address that begins with "https://", found something else');
  return secretOfWebhook(url);
};

const accountSettings = (label: string, account: ResolvedAccount, report: Report): AccountSettings => {
  const path = ['accounts', label];
  if (account.apiKey === '') report([...path, 'apiKey'], 'the key is empty');
  const fromUrl = webhookSecretAt(account.batchWebhook, [...path, 'batchWebhook'], report);
  const secret = account.batchWebhookSecret || fromUrl;
  return {
    label,
    apiKey: account.apiKey,
    apiUrl: apiUrlOf(account, path, report),
    connections: account.connections ?? DEFAULT_CONNECTIONS,
    batchWebhookSecret: secret,
    batchWebhookUrl: account.batchWebhook ? withSecret(account.batchWebhook, secret) : null,
  };
};

/** The accounts by their labels. */
export const accountsOf = (settings: ResolvedSettings, report: Report): ReadonlyMap<string, AccountSettings> => {
  const accounts = new Map<string, AccountSettings>();
  const byKey = new Map<string, string>();
  for (const [label, written] of Object.entries(settings.accounts)) {
    const account = accountSettings(label, written, report);
    const other = byKey.get(account.apiKey);
    if (other !== undefined) report(['accounts', label, 'apiKey'], `the account "${other}" has the same key; keep one of the two`);
    byKey.set(account.apiKey, label);
    accounts.set(label, account);
  }
  return accounts;
};

/** The account that a list names by label or by key; null when there is none. */
export const accountNamed = (
  name: string,
  accounts: ReadonlyMap<string, AccountSettings>,
): AccountSettings | null =>
  accounts.get(name) ?? [...accounts.values()].find((account) => account.apiKey === name) ?? null;
