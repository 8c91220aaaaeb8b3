/** A value of a JSON text. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [name: string]: Json;
}

/** Where a value stands: names of properties and places in lists, from the top. */
export type Path = readonly (string | number)[];

export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Is it a list? `Array.isArray` alone does not narrow a read-only array. */
export const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

/** A path as people write it: `lists.aaaaaaaaaa.onTie`. */
export const pathText = (path: Path): string => path.join('.');

/** A copy with every text changed by `change`; names of properties stay as they are. */
export const mapTexts = (value: Json, change: (text: string, path: Path) => string, path: Path = []): Json => {
  if (typeof value === 'string') return change(value, path);
  if (isList(value)) return value.map((item, index) => mapTexts(item, change, [...path, index]));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, mapTexts(item, change, [...path, name])]),
  );
};
