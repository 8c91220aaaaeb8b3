import { secretsInUrl } from './secret-url.ts';
import type { Settings } from './settings.ts';

const MASK = '****';

/** A Mailchimp API key: 32 hex digits and the data centre, which tells nothing and stays. */
const API_KEY = /[0-9a-f]{32}(?=-[a-z]{2,4}\d{1,3}\b)/giu;
/** Values of `secret=` and the like in addresses and form bodies. */
const SECRET_QUERY = /((?:secret|token|password|api_?key)(?:=|%3D))[^&\s"'<>#]+/giu;
/** User and password in an address. */
const USER_INFO = /(:\/\/)[^/\s"'<>@]{1,512}@/gu;
/** Header lines, headers in JSON (also in a text of JSON), in Node's way of printing objects, and as a list of names and values. */
const AUTHORIZATION =
  /\b(authorization|x-civi-auth)([\\"']*\s*[:=]\s*[\\"']*|[\\"']+\s*,\s*[\\"']+)(?:(?:basic|bearer)\s+)?[^\s\\"',;}]+/giu;
/** An e-mail address, also one encoded for an address of the web. The lengths keep the search linear. */
const EMAIL =
  /(?:[^\s@<>"'`(){}[\],;:=&?/\\|%]|%(?!40)[0-9a-f]{2}){1,256}(?:@|%40)[^\s@<>"'`(){}[\],;:=&?/\\|%]{1,256}/giu;

/** Shorter ones would blot out parts of ordinary words, and guessing them takes no log. */
const SHORTEST_KNOWN = 4;

/** Ways in which a secret can stand in a log: as it is, encoded for an address or a form, escaped in JSON. */
const spellings = (secret: string): string[] => {
  // `encodeURIComponent` throws on half a surrogate pair; a round through UTF-8 replaces it, as senders do.
  const wellFormed = Buffer.from(secret, 'utf8').toString('utf8');
  const inForm = new URLSearchParams([['', secret]]).toString().slice(1);
  return [secret, encodeURIComponent(wellFormed), inForm, JSON.stringify(secret).slice(1, -1)];
};

/** Replaces the given secrets, and whatever looks like a key, a secret or an e-mail address. */
export const redactorOf = (secrets: Iterable<string>): ((text: string) => string) => {
  const known = [...new Set([...secrets].filter((secret) => secret.length >= SHORTEST_KNOWN).flatMap(spellings))];
  // A secret that holds another one goes first, else its rest would stay.
  known.sort((one, other) => other.length - one.length);
  return (text) => {
    const withoutKeys = text.replace(API_KEY, MASK);
    const withoutKnown = known.reduce((rest, secret) => rest.replaceAll(secret, MASK), withoutKeys);
    return withoutKnown
      .replace(AUTHORIZATION, `$1$2${MASK}`)
      .replace(SECRET_QUERY, `$1${MASK}`)
      .replace(USER_INFO, `$1${MASK}@`)
      .replace(EMAIL, (address) => (address.startsWith(MASK) ? address : MASK));
  };
};

const secretsOf = function* (settings: Settings): Generator<string> {
  for (const account of settings.accounts.values()) {
    yield account.apiKey;
    yield* secretsInUrl(account.apiUrl);
    if (account.batchWebhookSecret !== null) yield account.batchWebhookSecret;
  }
  for (const audience of settings.audiences.values()) {
    if (audience.webhookSecret !== null) yield audience.webhookSecret;
    if (audience.webhookSigning.secret !== null) yield audience.webhookSigning.secret;
  }
  if (settings.civicrm !== null) {
    yield settings.civicrm.apiKey;
    yield* secretsInUrl(settings.civicrm.url);
    if (settings.civicrm.database !== null) yield* secretsInUrl(settings.civicrm.database);
  }
  if (settings.store.kind === 'mysql') yield* secretsInUrl(settings.store.url);
};

/**
 * A function for text meant for logs: every secret of the settings, API keys by their look, `secret=` values,
 * `Authorization` and `X-Civi-Auth` values, passwords in addresses, and e-mail addresses become `****`.
 * Secrets of fewer than four characters are found by their place only.
 */
export const redactor = (settings: Settings): ((text: string) => string) => redactorOf(secretsOf(settings));
