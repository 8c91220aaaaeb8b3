import { createPool, type Pool, type PoolConnection, type RowDataPacket } from 'mysql2/promise';
import { SECOND, type Clock, type Duration } from '../../base/clock.ts';
import { SyncError } from '../../base/errors.ts';
import type { Random } from '../../base/random.ts';
import { answerOf } from '../../mysql/answer.ts';
import { databaseName } from '../../mysql/pool-options.ts';
import type { DatabaseAddress } from '../../settings/database-address.ts';
import type { Parameter } from '../columns/parameter.ts';
import { Connection, type Tables } from './connection.ts';
import { storeOptions } from './connection-options.ts';
import { isClash, isLost, storeError } from './failures.ts';

/**
 * What a connection is told when it is new. READ COMMITTED: every statement sees what was committed before it, and
 * no lock is taken on rows that are not there. The server ends a connection that says nothing (a process that was
 * paused in a transaction would hold its locks for hours).
 */
const SESSION = [
  `SET SESSION time_zone = '+00:00', sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION', innodb_lock_wait_timeout = 10, wait_timeout = 30, autocommit = 1`,
  'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED',
];

/** Of a Galera cluster only: what another node had committed before is seen here, as on one server. */
const OF_A_CLUSTER = `SHOW SESSION VARIABLES WHERE Variable_name = 'wsrep_on' AND Value = 'ON'`;
const WAIT_FOR_THE_CLUSTER = 'SET SESSION wsrep_sync_wait = 7';

/** How often others may be in the way before a caller hears of it. */
const CLASHES = 20;
/** Pauses before a lost connection is made again; then the caller hears of it. */
const RECONNECTS: readonly Duration[] = [0, 0.2 * SECOND, SECOND, 2 * SECOND];

/** Written in every transaction, so that after a connection that broke at COMMIT somebody can tell whether it was done. */
const MARK = `
  INSERT INTO {commit} (connection, number, committed_at) VALUES (?, ?, ?)
  ON DUPLICATE KEY UPDATE number = VALUES(number), committed_at = VALUES(committed_at)`;
/** Waits for a transaction that is still under way on the server. */
const MARKED = 'SELECT number FROM {commit} WHERE connection = ? FOR UPDATE';

/** What this program knows of one connection: its name in the table of commits, and the number of its last one. */
interface Session {
  readonly name: string;
  commits: number;
}

export interface DatabaseOptions {
  readonly address: DatabaseAddress;
  readonly tables: Tables;
  readonly clock: Clock;
  readonly random: Random;
}

/** The store's database, through a few connections that are opened when they are needed. Errors: those of `storeError`. */
export class Database {
  readonly #pool: Pool;
  readonly #name: string;
  readonly #options: DatabaseOptions;
  readonly #sessions = new WeakMap<object, Session>();
  readonly #running = new Set<Promise<unknown>>();
  #closed = false;

  private constructor(pool: Pool, options: DatabaseOptions) {
    this.#pool = pool;
    this.#options = options;
    this.#name = databaseName(options.address);
    // What breaks is told by the statement that it breaks; without a listener it would end the program besides.
    pool.on('connection', (connection) => connection.on('error', () => undefined));
  }

  /** Opens one connection, to see whether that can be done: a server that is not there is told at once. */
  static async open(options: DatabaseOptions): Promise<Database> {
    const database = new Database(createPool(await storeOptions(options.address)), options);
    try {
      await database.#use(() => Promise.resolve());
      return database;
    } catch (error) {
      await database.close();
      throw storeError(error, database.#name);
    }
  }

  /** Reads, on one connection; again from the start when it breaks. */
  read<Result>(work: (connection: Connection) => Promise<Result>): Promise<Result> {
    return this.#tracked(() => this.#use(work));
  }

  /** One statement, of a kind that may be repeated. */
  run(sql: string, ...parameters: readonly Parameter[]): Promise<{ readonly changes: number; readonly id: number }> {
    return this.read((connection) => connection.run(sql, ...parameters));
  }

  /**
   * One transaction; done again from the start when others were in its way or the connection broke before it was
   * done, so that `work` must not change anything but through its connection.
   */
  write<Result>(work: (connection: Connection) => Promise<Result>): Promise<Result> {
    return this.writeWith(() => Promise.resolve(), work);
  }

  /** A transaction that needs something which is not to be undone with it. */
  writeWith<Given, Result>(prepare: (connection: Connection) => Promise<Given>, work: (connection: Connection, given: Given) => Promise<Result>): Promise<Result> {
    return this.#tracked(() => this.#transaction(prepare, work));
  }

  /** Lets what is under way finish, and closes all connections. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.allSettled(this.#running);
    await this.#pool.end();
  }

  /** Tries until it is done, or not worth trying, and turns errors into the store's. */
  async #tracked<Result>(attempt: () => Promise<Result>): Promise<Result> {
    if (this.#closed) throw new SyncError('store_unavailable', `The store ${this.#name} was closed.`);
    const running = this.#repeated(attempt);
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }

  async #repeated<Result>(attempt: () => Promise<Result>): Promise<Result> {
    const { clock, random } = this.#options;
    for (let clashes = 0, losses = 0; ; ) {
      try {
        return await attempt();
      } catch (error) {
        if (isClash(error) && clashes < CLASHES) {
          clashes += 1;
          // The longer it lasts, the further apart those who are in each other's way.
          await clock.wait(random.fraction() * 10 * clashes);
        } else if (isLost(error) && losses < RECONNECTS.length) {
          await clock.wait(RECONNECTS[losses] ?? 0);
          losses += 1;
        } else throw storeError(error, this.#name);
      }
    }
  }

  async #transaction<Given, Result>(prepare: (connection: Connection) => Promise<Given>, work: (connection: Connection, given: Given) => Promise<Result>): Promise<Result> {
    const reached: { commit?: { readonly mark: Session; readonly result: Result } } = {};
    try {
      return await this.#use(async (connection, session, raw) => {
        const given = await prepare(connection);
        session.commits += 1;
        const mark = { ...session };
        await answerOf(raw.beginTransaction());
        try {
          await connection.run(MARK, mark.name, mark.commits, this.#options.clock.now());
          const result = await work(connection, given);
          reached.commit = { mark, result };
          await answerOf(raw.commit());
          return result;
        } catch (error) {
          if (!isLost(error)) await answerOf(raw.rollback());
          throw error;
        }
      });
    } catch (error) {
      // Broken at COMMIT: it was done, or not. Broken earlier, or refused: it was undone.
      if (reached.commit && isLost(error) && (await this.#wasCommitted(reached.commit.mark))) return reached.commit.result;
      throw error;
    }
  }

  #wasCommitted({ name, commits }: Session): Promise<boolean> {
    return this.#repeated(() =>
      this.#use(async (connection) => ((await connection.get(MARKED, name)) as { number: number } | null)?.number === commits),
    );
  }

  /** Gives a connection to `work` and takes it back; one that failed for another reason than a refused statement is closed. */
  async #use<Result>(work: (connection: Connection, session: Session, raw: PoolConnection) => Promise<Result>): Promise<Result> {
    const raw = await this.#pool.getConnection();
    try {
      const result = await work(new Connection(raw, this.#options.tables), await this.#sessionOf(raw), raw);
      raw.release();
      return result;
    } catch (error) {
      if (isLost(error)) raw.destroy();
      else raw.release();
      throw error;
    }
  }

  async #sessionOf(raw: PoolConnection): Promise<Session> {
    const known = this.#sessions.get(raw.connection);
    if (known) return known;
    for (const statement of SESSION) await answerOf(raw.query(statement));
    const [cluster] = await answerOf(raw.query<RowDataPacket[]>(OF_A_CLUSTER));
    if (cluster.length > 0) await answerOf(raw.query(WAIT_FOR_THE_CLUSTER));
    const session = { name: this.#options.random.token(12), commits: 0 };
    this.#sessions.set(raw.connection, session);
    return session;
  }
}
