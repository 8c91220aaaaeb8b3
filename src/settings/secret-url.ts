/** Parts of an address that nobody but its two ends should know. */
const SECRET_QUERY = /[?&](?:secret|token|password|api_?key)=([^&#]*)/giu;
const PASSWORD = /:\/\/[^/?#@:]*:([^/?#]*)@/gu;
/** A database's password may hold anything, encoded or not; it ends at the last @. */
const DATABASE_PASSWORD = /(?:mysql|mariadb):\/\/[^@:]*:(.*)@/gsu;

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    // Not encoded: a person wrote it as it is.
    return text;
  }
};

/** Secret parts of an address, as they stand there and decoded. Takes any text; works before `${…}` is replaced. */
export const secretsInUrl = (url: string): readonly string[] =>
  [...url.matchAll(SECRET_QUERY), ...url.matchAll(PASSWORD), ...url.matchAll(DATABASE_PASSWORD)]
    .map(([, secret]) => secret ?? '')
    .filter((secret) => secret !== '')
    .flatMap((secret) => [secret, decoded(secret)]);

/** A webhook's address with this secret in it, in place of another; an address that is none stays as it is. */
export const withSecret = (url: string, secret: string | null): string => {
  if (secret === null || secretOfWebhook(url) === secret || !URL.canParse(url)) return url;
  const changed = new URL(url);
  changed.searchParams.set('secret', secret);
  return changed.href;
};

/** The `secret` of a webhook's address; null when it has none. */
export const secretOfWebhook = (url: string): string | null => {
  const secret = URL.canParse(url) ? new URL(url).searchParams.get('secret') : null;
  return secret === '' ? null : secret;
};
