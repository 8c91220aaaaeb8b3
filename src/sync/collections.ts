import type { Row } from '../store/entities.ts';

/** Each value once, in the order of its first appearance. */
export const unique = <Value>(values: readonly Value[]): Value[] => [...new Set(values)];

/** Each row once. */
export const distinctRows = (rows: readonly Row[]): readonly Row[] => [...new Map(rows.map((row) => [row.id, row])).values()];

/** Lists of values under the key that each has. */
export function groupBy<Key, Value>(values: readonly Value[], keyOf: (value: Value) => Key): Map<Key, Value[]> {
  const groups = new Map<Key, Value[]>();
  for (const value of values) {
    const key = keyOf(value);
    const group = groups.get(key);
    if (group) group.push(value);
    else groups.set(key, [value]);
  }
  return groups;
}

/** A list in pieces of at most `size`. */
export function* inChunks<Value>(values: readonly Value[], size: number): Generator<readonly Value[]> {
  for (let start = 0; start < values.length; start += size) yield values.slice(start, start + size);
}
