/** CiviCRM stores `<` and `>` encoded, nothing else, and decodes on output (recorded). */
export const encodeStored = (text: string): string => text.replaceAll('<', '&lt;').replaceAll('>', '&gt;');
export const decodeStored = (text: string): string => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>');

/** Too long text is cut to the column's length, the last three characters being dots, without an error (recorded). */
export function shorten(text: string, length: number): string {
  const characters = Array.from(text);
  return characters.length <= length ? text : `${characters.slice(0, length - 3).join('')}...`;
}
