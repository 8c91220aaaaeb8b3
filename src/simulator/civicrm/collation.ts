/**
 * Text as `utf8mb4_unicode_ci` compares it (facts/civicrm.md, Tables): case and accents do not count, ß is ss,
 * spaces at the end are ignored, and all characters beyond the basic plane (emoji) are equal to one another.
 * Letters with a stroke (ø, ł) are kept apart, as in version 4 of the Unicode collation (assumed, not recorded).
 */
export function collationKey(text: string): string {
  return fold(text).replace(/ +$/, '');
}

/** The same without the rule for trailing spaces, as LIKE compares. */
function fold(text: string): string {
  // Plain ASCII is the common case by far, and needs no decomposition.
  if (/^[\x20-\x7e]*$/.test(text)) return text.toLowerCase();
  return text
    .normalize('NFKD')
    .replace(/[\p{M}\p{Cf}\p{Cc}]/gu, '')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replace(/[\u{10000}-\u{10ffff}]/gu, '\ufffd');
}

export const equalText = (left: string, right: string): boolean => collationKey(left) === collationKey(right);

/** A LIKE pattern (`%`, `_`, `\` before either) as a test on values. */
export function likePattern(pattern: string): (value: string) => boolean {
  let source = '';
  let escaped = false;
  for (const character of fold(pattern)) {
    if (!escaped && character === '\\') {
      escaped = true;
      continue;
    }
    if (!escaped && character === '%') source += '.*';
    else if (!escaped && character === '_') source += '.';
    else source += character.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
    escaped = false;
  }
  const expression = new RegExp(`^${source}$`, 'su');
  return (value) => expression.test(fold(value));
}
