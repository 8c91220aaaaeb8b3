import { ApiError } from './failures.ts';

type Row = Readonly<Record<string, unknown>>;

const isRow = (value: unknown): value is Row => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * `index` of a call: a number takes that row, a name keys the rows by that field (an empty list stays a list),
 * in a batch a pair `{key: value}` makes a map (recorded).
 */
export function indexed(values: readonly unknown[], index: unknown): unknown {
  if (index === null || index === undefined || index === '') return values;
  if (typeof index === 'number' || (typeof index === 'string' && /^-?\d+$/.test(index))) return values.at(Number(index)) ?? null;
  if (typeof index === 'string') return values.length === 0 ? [] : Object.fromEntries(values.map((row) => [String(field(row, index)), row]));
  const [pair] = isRow(index) ? Object.entries(index) : [];
  if (pair === undefined) return values;
  return Object.fromEntries(values.map((row) => [String(field(row, pair[0])), field(row, String(pair[1]))]));
}

function field(row: unknown, name: string): unknown {
  if (!isRow(row) || !Object.hasOwn(row, name)) throw new ApiError(`Key ${name} not found in api results`);
  return row[name];
}
