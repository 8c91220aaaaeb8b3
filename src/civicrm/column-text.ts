/** What CiviCRM's columns hold, in characters (facts/civicrm.md). */
export const COLUMN = { name: 64, source: 255, address: 254 } as const;

/** CiviCRM stores these two as entities (facts/civicrm.md), so they take four characters of a column each. */
const storedLength = (character: string): number => (character === '<' || character === '>' ? 4 : 1);

/**
 * Text cut to what a column holds, counted in code points. CiviCRM cuts longer text by itself and silently, with
 * "..." at its end, so that what is read back would never be what was written.
 */
export function fitColumn(text: string, length: number): string {
  let used = 0;
  let fitting = '';
  for (const character of text) {
    used += storedLength(character);
    if (used > length) return fitting;
    fitting += character;
  }
  return fitting;
}
