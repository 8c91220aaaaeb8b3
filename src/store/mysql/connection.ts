import mysql, { type PoolConnection, type ResultSetHeader, type RowDataPacket } from 'mysql2/promise';
import { answerOf } from '../../mysql/answer.ts';
import type { Parameter } from '../columns/parameter.ts';
import { keyParts, marks, rowParts, sortedKeys } from './lists.ts';

/**
 * Statements are constants of this folder with `{cache}` for the table of that name, which gets the prefix. What comes
 * from outside only ever enters as a parameter. A statement for a list ends with `IN (…)`; the list comes last.
 */
export class Connection {
  readonly #connection: PoolConnection;
  readonly #tables: Tables;

  constructor(connection: PoolConnection, tables: Tables) {
    this.#connection = connection;
    this.#tables = tables;
  }

  /** All lines of a query; their columns are what the schema says, and the caller names their type. */
  async all(sql: string, ...parameters: readonly Parameter[]): Promise<readonly unknown[]> {
    return this.#execute<RowDataPacket[]>(sql, parameters);
  }

  /** The first line of a query, null when there is none. */
  async get(sql: string, ...parameters: readonly Parameter[]): Promise<unknown> {
    return (await this.all(sql, ...parameters))[0] ?? null;
  }

  /** The answer of a query for `count`. */
  async count(sql: string, ...parameters: readonly Parameter[]): Promise<number> {
    return ((await this.get(sql, ...parameters)) as { count: number }).count;
  }

  /** How many rows the statement found (changed or not), and the id of the row inserted. */
  async run(sql: string, ...parameters: readonly Parameter[]): Promise<{ readonly changes: number; readonly id: number }> {
    const { affectedRows, insertId } = await this.#execute<ResultSetHeader>(sql, parameters);
    return { changes: affectedRows, id: insertId };
  }

  /** All lines of a query for a list of keys, in the order of the keys' parts, within each as the statement says. */
  async allIn(sql: string, keys: readonly Parameter[], ...parameters: readonly Parameter[]): Promise<readonly unknown[]> {
    const found: unknown[] = [];
    for (const part of keyParts(sortedKeys(keys))) found.push(...(await this.all(withList(sql, part.length), ...parameters, ...part)));
    return found;
  }

  /** The same for a statement that writes; answers how many rows were found. */
  async runIn(sql: string, keys: readonly Parameter[], ...parameters: readonly Parameter[]): Promise<number> {
    let changes = 0;
    for (const part of keyParts(sortedKeys(keys))) changes += (await this.run(withList(sql, part.length), ...parameters, ...part)).changes;
    return changes;
  }

  /** Inserts rows with a statement that ends before `VALUES`; `otherwise` follows the values. */
  async insertAll(sql: string, rows: readonly (readonly Parameter[])[], otherwise = '', ...parameters: readonly Parameter[]): Promise<void> {
    for (const part of rowParts(rows)) {
      const values = Array.from({ length: part.length }, () => `(${marks(part[0]?.length ?? 0)})`).join(', ');
      await this.run(`${sql} VALUES ${values} ${otherwise}`, ...part.flat(), ...parameters);
    }
  }

  async #execute<Answer extends RowDataPacket[] | ResultSetHeader>(sql: string, parameters: readonly Parameter[]): Promise<Answer> {
    const [answer] = await answerOf(this.#connection.execute<Answer>(this.#tables.named(sql), parameters.map(bound)));
    return answer;
  }
}

const withList = (sql: string, length: number): string => sql.replace('(…)', `(${marks(length)})`);

/** mysql2 sends numbers as floating point unless told; all of ours are whole. */
const bound = (value: Parameter): ReturnType<typeof mysql.TypedParameter.BIGINT> | string | null => (typeof value === 'number' ? mysql.TypedParameter.BIGINT(value) : value);

/** Writes the prefix of this store's tables into statements. */
export class Tables {
  readonly #prefix: string;
  readonly #named = new Map<string, string>();

  /** The settings allow letters, digits and underscores only. */
  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  named(sql: string): string {
    let text = this.#named.get(sql);
    if (text === undefined) {
      text = sql.replaceAll(/\{(\w+)\}/g, (_, table: string) => this.name(table));
      this.#named.set(sql, text);
    }
    return text;
  }

  name(table: string): string {
    return `\`${this.#prefix}${table}\``;
  }
}
