import { closeSync, openSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Duration } from '../../base/clock.ts';
import type { Parameter } from '../columns/parameter.ts';
import { mayEndTransaction } from './failures.ts';

/**
 * One connection to the store's file. Statements are constants of this folder, prepared once; what comes from outside
 * only ever enters as a parameter. Lists are given as one JSON parameter (`json_each(?)`), so that their length is free.
 */
export class Database {
  readonly #connection: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  /** Opens the file, and makes it, readable by its owner only, when it is missing. */
  constructor(file: string, busyTimeout: Duration) {
    // SQLite gives its own files (-wal, -shm) the mode of the database.
    if (file !== ':memory:') closeSync(openSync(file, 'a', 0o600));
    this.#connection = new DatabaseSync(file, { timeout: busyTimeout });
  }

  /** All lines of a query; their columns are what the schema says, and the caller names their type. */
  all(sql: string, ...parameters: readonly Parameter[]): readonly unknown[] {
    return this.#prepared(sql).all(...parameters);
  }

  /** The first line of a query, null when there is none. */
  get(sql: string, ...parameters: readonly Parameter[]): unknown {
    return this.#prepared(sql).get(...parameters) ?? null;
  }

  /** The answer of a query for `count`. */
  count(sql: string, ...parameters: readonly Parameter[]): number {
    return (this.get(sql, ...parameters) as { count: number }).count;
  }

  /** How many rows were changed, and the id of the row inserted. */
  run(sql: string, ...parameters: readonly Parameter[]): { readonly changes: number; readonly id: number } {
    const { changes, lastInsertRowid } = this.#prepared(sql).run(...parameters);
    return { changes: Number(changes), id: Number(lastInsertRowid) };
  }

  /** Several statements without parameters. */
  script(sql: string): void {
    this.#connection.exec(sql);
  }

  /** One transaction that takes the write lock at its beginning: what it reads stays true until its end. */
  write<Result>(work: () => Result): Result {
    this.run('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.run('COMMIT');
      return result;
    } catch (error) {
      throw this.#undo('ROLLBACK', error);
    }
  }

  /** A part of a transaction that is undone alone when it throws. */
  part<Result>(work: () => Result): Result {
    this.run('SAVEPOINT part');
    try {
      const result = work();
      this.run('RELEASE part');
      return result;
    } catch (error) {
      throw this.#undo('ROLLBACK TO part; RELEASE part', error);
    }
  }

  close(): void {
    this.#statements.clear();
    this.#connection.close();
  }

  #prepared(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (!statement) {
      statement = this.#connection.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }

  /** Undoes after an error, and tells which error is to be thrown on: with a full disk there may be nothing left to undo. */
  #undo(script: string, error: unknown): unknown {
    try {
      this.script(script);
      return error;
    } catch (failure) {
      return mayEndTransaction(error) ? error : failure;
    }
  }
}
