import mysql, { createPool, type Pool, type PoolConnection, type RowDataPacket } from 'mysql2/promise';
import type { Clock, Duration, Instant } from '../../base/clock.ts';
import { SyncError } from '../../base/errors.ts';
import type { Random } from '../../base/random.ts';
import { delayBefore } from '../../http/retry.ts';
import { abortedError } from '../../http/service.ts';
import { answerOf, NoAnswer } from '../../mysql/answer.ts';
import { databaseName, poolOptionsOf } from '../../mysql/pool-options.ts';
import { readDatabaseAddress, type DatabaseAddress } from '../../settings/database-address.ts';
import { databaseError, isLost } from './failures.ts';
import type { Statement, Value } from './statement.ts';
import { decoded } from './stored-text.ts';

/**
 * What a connection is told when it is new: TIMESTAMP columns in UTC (facts/civicrm.md), and that nothing is ever
 * written by it, whatever rights its user has.
 */
const SESSION = ["SET SESSION time_zone = '+00:00'", 'SET SESSION TRANSACTION READ ONLY'];
/** Statements that stay prepared in a connection; the server counts those of all (`max_prepared_stmt_count`). */
const PREPARED = 100;

const NO_ANSWER = { kind: 'failure', reason: 'reset', code: '' } as const;

/** CiviCRM's database, read through a few connections that are opened when they are needed. Errors: those of `databaseError`. */
export class CivicrmDatabase {
  readonly #address: DatabaseAddress;
  readonly #environment: { readonly clock: Clock; readonly random: Random };
  /** Connections that were told SESSION. */
  readonly #introduced = new WeakSet<object>();
  readonly #counts = new Map<string, number>();
  /** Statements that are being ended at the server, whose connections are closed then. */
  readonly #leaving = new Set<Promise<void>>();
  #pool: Promise<Pool> | null = null;

  /** @param url `mysql://…`; throws `settings_invalid` when it is none. */
  constructor(url: string, environment: { readonly clock: Clock; readonly random: Random }) {
    const address = readDatabaseAddress(url);
    if ('problem' in address) throw new SyncError('settings_invalid', `\`civicrm.database\`: ${address.problem}.`);
    this.#address = address;
    this.#environment = environment;
  }

  /** Statements so far, by table (`civicrm_contact.get`). */
  requests(): ReadonlyMap<string, number> {
    return new Map(this.#counts);
  }

  /** All rows of a statement; tried again while the connection breaks, until `deadline` has passed. */
  async all<Row>(statement: Statement<Row>, deadline: Duration, signal?: AbortSignal): Promise<readonly Row[]> {
    const rows = await this.#repeated(statement, this.#environment.clock.now() + deadline, signal);
    return rows.map((row) => {
      const read = statement.read(decoded(row));
      if (read.fits) return read.value;
      throw new SyncError('civicrm_unexpected', `CiviCRM's database, ${statement.table}: a row without what was asked for: ${read.where}.`);
    });
  }

  /** Closes all connections. Nothing may be asked afterwards. */
  async close(): Promise<void> {
    const pool = await this.#pool?.catch(() => null);
    this.#pool = null;
    await Promise.all(this.#leaving);
    await pool?.end();
  }

  async #repeated({ table, sql, values }: Statement<unknown>, until: Instant, signal?: AbortSignal): Promise<readonly RowDataPacket[]> {
    const { clock, random } = this.#environment;
    for (let attempt = 0; ; attempt += 1) {
      if (signal?.aborted) throw abortedError();
      try {
        this.#counts.set(`${table}.get`, (this.#counts.get(`${table}.get`) ?? 0) + 1);
        return await this.#once(sql, values, signal);
      } catch (error) {
        if (signal?.aborted) throw abortedError();
        const delay = delayBefore(attempt, 'broken', NO_ANSWER, clock.now(), { clock, random });
        if (!isLost(error) || clock.now() + delay > until) throw databaseError(error, table, databaseName(this.#address));
        await clock.wait(delay, signal).catch(() => undefined);
      }
    }
  }

  async #once(sql: string, values: readonly Value[], signal?: AbortSignal): Promise<readonly RowDataPacket[]> {
    const pool = await this.#open();
    const connection = await pool.getConnection();
    try {
      const rows = await answerOf(this.#ask(connection, sql, values), signal);
      connection.release();
      return rows;
    } catch (error) {
      if (signal?.aborted || error instanceof NoAnswer) this.#leave(pool, connection);
      else connection.destroy();
      throw error;
    }
  }

  /** The server is still busy with an answer that nobody waits for; a user may always end what is its own. */
  #leave(pool: Pool, connection: PoolConnection): void {
    const left = pool
      .query('KILL QUERY ?', [connection.threadId])
      .catch(() => undefined)
      .then(() => connection.destroy());
    this.#leaving.add(left);
    void left.then(() => this.#leaving.delete(left));
  }

  async #ask(connection: PoolConnection, sql: string, values: readonly Value[]): Promise<readonly RowDataPacket[]> {
    if (!this.#introduced.has(connection.connection)) {
      for (const statement of SESSION) await connection.query(statement);
      this.#introduced.add(connection.connection);
    }
    const [rows] = await connection.execute<RowDataPacket[]>(sql, values.map(bound));
    return rows;
  }

  #open(): Promise<Pool> {
    this.#pool ??= poolOptionsOf(this.#address).then((options) => {
      const pool = createPool({ ...options, dateStrings: true, maxPreparedStatements: PREPARED });
      // What breaks is told by the statement that it breaks; without a listener it would end the program besides.
      pool.on('connection', (connection) => connection.on('error', () => undefined));
      return pool;
    });
    return this.#pool;
  }
}

/** mysql2 sends numbers as floating point unless told. */
const bound = (value: Value): string | ReturnType<typeof mysql.TypedParameter.BIGINT> => (typeof value === 'number' ? mysql.TypedParameter.BIGINT(value) : value);
