/** Lists as CiviCRM packs them into text columns. */
const SEPARATOR = '\u0001';

export const packList = (values: readonly string[]): string | null => (values.length === 0 ? null : `${SEPARATOR}${values.join(SEPARATOR)}${SEPARATOR}`);
export const unpackList = (packed: string): string[] => packed.split(SEPARATOR).filter((value) => value !== '');
export const joinList = (values: readonly string[]): string | null => (values.length === 0 ? null : values.join(','));
export const splitList = (joined: string): string[] => joined.split(',').filter((value) => value !== '');

/** `YYYYMMDDHHMMSS`, as replies of writes carry dates (recorded). */
export const compactDate = (date: string): string => date.replace(/[-: ]/g, '');
