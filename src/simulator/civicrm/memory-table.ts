import { collationKey } from './collation.ts';
import type { ColumnValue } from './rows.ts';
import type { AnyRow } from './site.ts';
import type { Table } from './tables.ts';

type Key = string | number | boolean | null;

const keyOf = (value: ColumnValue): Key => (typeof value === 'string' ? collationKey(value) : value);

/** Hears of every row that was written (as it is now) or deleted (null), and of a table that was emptied. */
export interface TableListener {
  changed(id: number, row: AnyRow | null): void;
  cleared(): void;
}

/** A table in memory, with a hash index for each of the given columns. */
export class MemoryTable<Row extends { readonly id: number }> implements Table<Row> {
  readonly #rows = new Map<number, Row>();
  readonly #indexes = new Map<string, Map<Key, Set<number>>>();
  #order: number[] = [];
  #ordered = true;
  #lastId = 0;

  readonly #listener: TableListener | undefined;

  constructor(indexed: readonly (keyof Row & string)[], listener?: TableListener) {
    this.#listener = listener;
    for (const column of indexed) this.#indexes.set(column, new Map());
  }

  get size(): number {
    return this.#rows.size;
  }

  get lastId(): number {
    return this.#lastId;
  }

  get(id: number): Row | undefined {
    return this.#rows.get(id);
  }

  find(column: keyof Row & string, value: ColumnValue): readonly Row[] {
    const index = this.#indexes.get(column);
    const key = keyOf(value);
    if (index === undefined) return [...this.all()].filter((row) => keyOf(this.#value(row, column)) === key);
    const ids = index.get(key);
    return ids === undefined ? [] : [...ids].sort((a, b) => a - b).map((id) => this.#existing(id));
  }

  count(column: keyof Row & string, value: ColumnValue): number {
    return this.#indexes.get(column)?.get(keyOf(value))?.size ?? 0;
  }

  isIndexed(column: string): boolean {
    return this.#indexes.has(column);
  }

  all(): Iterable<Row> {
    return this.after(-1);
  }

  *after(id: number): Iterable<Row> {
    const order = this.#sorted();
    for (let position = this.#position(id); position < order.length; position += 1) {
      const row = this.#rows.get(order[position] ?? 0);
      if (row !== undefined) yield row;
    }
  }

  countAfter(id: number): number {
    return this.#sorted().length - this.#position(id);
  }

  nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }

  skipTo(id: number): void {
    this.#lastId = Math.max(this.#lastId, id);
  }

  insert(row: Row): Row {
    if (this.#rows.has(row.id)) throw new RangeError(`a row with the id ${row.id} exists already`);
    if (this.#ordered && row.id < (this.#order.at(-1) ?? 0)) this.#ordered = false;
    this.#order.push(row.id);
    this.#rows.set(row.id, row);
    this.skipTo(row.id);
    for (const [column, index] of this.#indexes) this.#enter(index, keyOf(this.#value(row, column)), row.id);
    this.#listener?.changed(row.id, row);
    return row;
  }

  update(id: number, changes: Partial<Omit<Row, 'id'>>): Row {
    const before = this.#existing(id);
    const row = { ...before, ...changes };
    this.#rows.set(id, row);
    for (const [column, index] of this.#indexes) {
      const from = keyOf(this.#value(before, column));
      const to = keyOf(this.#value(row, column));
      if (from === to) continue;
      this.#leave(index, from, id);
      this.#enter(index, to, id);
    }
    this.#listener?.changed(row.id, row);
    return row;
  }

  delete(id: number): void {
    const row = this.#existing(id);
    this.#rows.delete(id);
    this.#ordered = false;
    for (const [column, index] of this.#indexes) this.#leave(index, keyOf(this.#value(row, column)), id);
    this.#listener?.changed(id, null);
  }

  clear(): void {
    this.#rows.clear();
    for (const index of this.#indexes.values()) index.clear();
    this.#order = [];
    this.#ordered = true;
    this.#lastId = 0;
    this.#listener?.cleared();
  }

  #existing(id: number): Row {
    const row = this.#rows.get(id);
    if (row === undefined) throw new RangeError(`there is no row with the id ${id}`);
    return row;
  }

  #value(row: Row, column: string): ColumnValue {
    return (row as Readonly<Record<string, ColumnValue>>)[column] ?? null;
  }

  #enter(index: Map<Key, Set<number>>, key: Key, id: number): void {
    const ids = index.get(key);
    if (ids === undefined) index.set(key, new Set([id]));
    else ids.add(id);
  }

  #leave(index: Map<Key, Set<number>>, key: Key, id: number): void {
    const ids = index.get(key);
    ids?.delete(id);
    if (ids?.size === 0) index.delete(key);
  }

  /** Ids in order. Rows mostly come with rising ids, so this seldom sorts. */
  #sorted(): readonly number[] {
    if (!this.#ordered) {
      this.#order = [...this.#rows.keys()].sort((a, b) => a - b);
      this.#ordered = true;
    }
    return this.#order;
  }

  /** Place of the first id above `id`. */
  #position(id: number): number {
    const order = this.#sorted();
    let low = 0;
    let high = order.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((order[middle] ?? 0) > id) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
