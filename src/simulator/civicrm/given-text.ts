/** A value from a call as PHP would make text of it; lists and objects have none. */
export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  return value === true ? '1' : '';
}

export const textsOf = (value: unknown): string[] => (Array.isArray(value) ? (value as unknown[]).map(textOf) : [textOf(value)]);

/** A number as MySQL reads it from text: as many digits as there are, else 0. */
export const numberOf = (text: string): number => Number.parseFloat(text) || 0;
