import type { AnyRow } from './site.ts';
import type { TableName } from './tables.ts';

/** Keeps a copy of the site's rows elsewhere, for those who read past the API. */
export interface RowMirror {
  /** A row was written (as it is now), or deleted (null). */
  changed(table: TableName, id: number, row: AnyRow | null): void;
  /** All rows of a table went away. */
  cleared(table: TableName): void;
  /** Resolves when the copy shows every change so far; the site answers no earlier. */
  flushed(): Promise<void>;
}
