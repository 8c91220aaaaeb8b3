import type { Connection } from 'mysql2/promise';
import type { RowMirror } from '../row-mirror.ts';
import type { ColumnValue } from '../rows.ts';
import type { AnyRow } from '../site.ts';
import type { TableName } from '../tables.ts';
import { tableDefinitions, type HistoryColumn } from './ddl.ts';

const TABLES: Readonly<Partial<Record<TableName, string>>> = {
  contact: 'civicrm_contact',
  email: 'civicrm_email',
  group: 'civicrm_group',
  groupContact: 'civicrm_group_contact',
  subscriptionHistory: 'civicrm_subscription_history',
  tag: 'civicrm_tag',
  entityTag: 'civicrm_entity_tag',
};

/** Columns that hold milliseconds UTC in memory. */
const TIMESTAMPS: ReadonlySet<string> = new Set(['civicrm_contact.created_date', 'civicrm_contact.modified_date', 'civicrm_group.cache_date', 'civicrm_group.refresh_date', 'civicrm_subscription_history.date']);

/** Rows a statement. */
const ROWS = 500;

export interface MirrorOptions {
  /** Default TIMESTAMP. */
  readonly history?: HistoryColumn;
  /** For a DATETIME history: what the site's clocks showed at a moment, `YYYY-MM-DD HH:MM:SS`. */
  readonly localTime?: (instant: number) => string;
}

/**
 * CiviCRM's tables in a real database, written after every change in memory. What happened since the last time goes in
 * one transaction. While it is held, the database is a copy that is behind, as a replica can be.
 */
export class DatabaseMirror implements RowMirror {
  readonly #connection: Connection;
  readonly #localTime: ((instant: number) => string) | null;
  /** By table and id; null: deleted. */
  #waiting = new Map<string, Map<number, AnyRow | null>>();
  #cleared = new Set<string>();
  #writing: Promise<void> = Promise.resolve();
  #held = false;

  private constructor(connection: Connection, { history = 'TIMESTAMP', localTime }: MirrorOptions) {
    this.#connection = connection;
    this.#localTime = history === 'DATETIME' ? (localTime ?? utc) : null;
  }

  /** Makes the tables in an empty database. */
  static async makeTables(connection: Connection, history: HistoryColumn = 'TIMESTAMP'): Promise<void> {
    for (const definition of tableDefinitions(history)) await connection.query(definition);
  }

  /** On tables that were made; what they hold goes. The connection is used by the mirror alone, and closed by the caller. */
  static async open(connection: Connection, options: MirrorOptions = {}): Promise<DatabaseMirror> {
    await connection.query("SET SESSION time_zone = '+00:00'");
    for (const table of Object.values(TABLES)) await connection.query(`DELETE FROM ${table}`);
    return new DatabaseMirror(connection, options);
  }

  changed(table: TableName, id: number, row: AnyRow | null): void {
    const name = TABLES[table];
    if (name === undefined) return;
    const rows = this.#waiting.get(name) ?? new Map<number, AnyRow | null>();
    this.#waiting.set(name, rows.set(id, row));
  }

  cleared(table: TableName): void {
    const name = TABLES[table];
    if (name === undefined) return;
    this.#waiting.delete(name);
    this.#cleared.add(name);
  }

  /** Held, it resolves at once. */
  async flushed(): Promise<void> {
    if (!this.#held) this.#writing = this.#writing.then(() => this.#write());
    await this.#writing;
  }

  /** From now on the database stays as it is. */
  hold(): void {
    this.#held = true;
  }

  /** Writes what was held back. */
  async release(): Promise<void> {
    this.#held = false;
    await this.flushed();
  }

  async #write(): Promise<void> {
    const [changes, cleared] = [this.#waiting, this.#cleared];
    if (changes.size === 0 && cleared.size === 0) return;
    this.#waiting = new Map();
    this.#cleared = new Set();
    await this.#connection.beginTransaction();
    for (const table of cleared) await this.#connection.query(`DELETE FROM ${table}`);
    for (const [table, rows] of changes) await this.#writeTable(table, rows);
    await this.#connection.commit();
  }

  async #writeTable(table: string, rows: ReadonlyMap<number, AnyRow | null>): Promise<void> {
    const deleted = [...rows].filter(([, row]) => row === null).map(([id]) => id);
    const written = [...rows.values()].filter((row) => row !== null);
    if (deleted.length > 0) await this.#connection.query(`DELETE FROM ${table} WHERE id IN (?)`, [deleted]);
    for (let from = 0; from < written.length; from += ROWS) {
      const columns = Object.keys(written[from] ?? {});
      const values = written.slice(from, from + ROWS).map((row) => columns.map((column) => this.#stored(table, column, row[column] ?? null)));
      await this.#connection.query(`REPLACE INTO ${table} (${columns.map((column) => `\`${column}\``).join(', ')}) VALUES ?`, [values]);
    }
  }

  #stored(table: string, column: string, value: ColumnValue): string | number | null {
    if (typeof value === 'boolean') return value ? 1 : 0;
    if (typeof value !== 'number' || !TIMESTAMPS.has(`${table}.${column}`)) return value;
    return column === 'date' && this.#localTime ? this.#localTime(value) : utc(value);
  }
}

const utc = (instant: number): string => new Date(instant).toISOString().slice(0, 19).replace('T', ' ');
