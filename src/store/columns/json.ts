/**
 * Reads a JSON column. This program wrote it from a typed value, which the caller names again;
 * a text that is not JSON means a damaged file (failures.ts).
 */
export const readJson = (text: string): unknown => JSON.parse(text);

/** Writes a JSON column, or a list for SQLite's `json_each(?)`. */
export const writeJson = (value: unknown): string => JSON.stringify(value ?? null);
