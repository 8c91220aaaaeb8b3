const LONGEST = 200;
/** Anything that looks like an address, more often than not wrongly rather than once too few. */
const ADDRESS = /[^\s"'<>(),;:=]+@[^\s"'<>(),;]+/g;
const URL_QUERY = /(https?:\/\/[^\s?"']+)\?[^\s"']*/g;
const LONG_HEX = /\b[0-9a-f]{24,}(-[a-z]+\d+)?\b/gi;

/**
 * Text of a service that is fit for a message or a log: without the values named, addresses, queries of URLs and
 * anything like a key or a member's hash; on one line and short.
 * @param values secrets and people's data that the text may repeat
 */
export function redact(text: string, values: readonly string[] = []): string {
  let clean = text;
  for (const value of [...values].sort((a, b) => b.length - a.length)) if (value !== '') clean = clean.replaceAll(value, '…');
  clean = clean.replace(URL_QUERY, '$1?…').replace(ADDRESS, '{address}').replace(LONG_HEX, '…').replace(/\s+/g, ' ').trim();
  return clean.length > LONGEST ? `${clean.slice(0, LONGEST)}…` : clean;
}
