import { SECOND, type Clock, type Duration } from '../../base/clock.ts';
import { SyncError } from '../../base/errors.ts';
import type { Random } from '../../base/random.ts';
import type { Connection } from './connection.ts';
import type { Database } from './database.ts';
import { hasIndex, hasNoIndex, isTaken } from './failures.ts';
import { FIRST_SCHEMA, INDEXES_OF_EXPLAIN, INDEXES_OF_THE_BRAKE, INDEXES_OF_THE_LIMITS, type Index } from './schema.ts';

/** One change of the schema, which may be repeated: a statement, or what needs a look at the schema first. */
export type Step = string | ((connection: Connection) => Promise<void>);

/** MySQL knows no CREATE INDEX IF NOT EXISTS. */
const addIndex =
  ({ table, name, columns }: Index): Step =>
  async (connection) => {
    try {
      await connection.run(`CREATE INDEX ${name} ON {${table}} (${columns})`);
    } catch (error) {
      if (!hasIndex(error)) throw error;
    }
  };

const dropIndex =
  ({ table, name }: Pick<Index, 'table' | 'name'>): Step =>
  async (connection) => {
    try {
      await connection.run(`DROP INDEX ${name} ON {${table}}`);
    } catch (error) {
      if (!hasNoIndex(error)) throw error;
    }
  };

/** Step n brings the tables from version n to n + 1. */
export const STEPS: readonly Step[] = [
  ...FIRST_SCHEMA,
  ...INDEXES_OF_THE_BRAKE.map(addIndex),
  ...INDEXES_OF_EXPLAIN.map(addIndex),
  ...INDEXES_OF_THE_LIMITS.map(addIndex),
  dropIndex({ table: 'update', name: 'by_sent' }), // by_kind stands for it
];

const META = 'CREATE TABLE IF NOT EXISTS {meta} (name VARBINARY(64) NOT NULL PRIMARY KEY, value VARBINARY(1024) NOT NULL) ENGINE = InnoDB';
const READ = 'SELECT value FROM {meta} WHERE name = ?';
const MAKE = 'INSERT INTO {meta} (name, value) VALUES (?, ?) ON DUPLICATE KEY UPDATE name = VALUES(name)';
const VERSION = 'schema_version';
/** Never goes back, whoever is late. */
const RAISE = `UPDATE {meta} SET value = ? WHERE name = '${VERSION}' AND CAST(value AS SIGNED) < ?`;

/** `token until`, by the database's clock. */
const LOCK = 'migrating';
const NOW = 'SELECT CAST(UNIX_TIMESTAMP(NOW(3)) * 1000 AS SIGNED) AS now';
const LOCK_IT = `INSERT INTO {meta} (name, value) VALUES ('${LOCK}', ?)`;
const TAKE_OVER = `UPDATE {meta} SET value = ? WHERE name = '${LOCK}' AND value = ?`;
const UNLOCK = `DELETE FROM {meta} WHERE name = '${LOCK}' AND value LIKE ?`;

/** The lock of a program that died in the middle is taken over after this. */
const LOCKED_FOR: Duration = 30 * SECOND;
const LOOK_AGAIN: Duration = 0.1 * SECOND;

export interface MigrationOptions {
  /** Of the store, for messages. */
  readonly name: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly steps?: readonly Step[];
}

/**
 * Brings the tables to this program's schema. Safe when several programs do it at once, on one server or on the nodes
 * of a cluster: one holds the lock, a row that is inserted or changed by its old value (GET_LOCK is local to a node),
 * and every step may be repeated. Throws `store_unavailable` for tables of a newer program, which are left as they are.
 */
export const migrate = async (database: Database, options: MigrationOptions): Promise<void> => {
  const { steps = STEPS, clock, random, name } = options;
  await database.run(META);
  await database.run(MAKE, VERSION, '0');
  const token = random.token(8);
  while ((await versionOf(database, steps.length, name)) < steps.length) {
    if (await lock(database, token)) {
      try {
        await takeSteps(database, steps, token, name);
      } finally {
        await database.run(UNLOCK, `${token} %`);
      }
    } else await clock.wait(LOOK_AGAIN);
  }
};

const takeSteps = async (database: Database, steps: readonly Step[], token: string, name: string): Promise<void> => {
  for (let version = await versionOf(database, steps.length, name); version < steps.length; version += 1) {
    // Taken over by a program that took us for dead: it goes on, and we wait for it.
    if (!(await lock(database, token))) return;
    const step = steps[version];
    if (step === undefined) return;
    await database.read(async (connection) => {
      if (typeof step === 'string') await connection.run(step);
      else await step(connection);
    });
    await database.run(RAISE, String(version + 1), version + 1);
  }
};

const versionOf = async (database: Database, known: number, name: string): Promise<number> => {
  const found = (await database.read((connection) => connection.get(READ, VERSION))) as { readonly value: string } | null;
  const version = Number(found?.value);
  if (version <= known) return version;
  throw new SyncError(
    'store_unavailable',
    `The store ${name} was written by a newer version of this program (schema ${version}, this one knows ${known}). Update the program, or give it another table prefix.`,
  );
};

/** Takes or renews the lock; false while another holds it. */
const lock = (database: Database, token: string): Promise<boolean> =>
  database.read(async (connection) => {
    const { now } = (await connection.get(NOW)) as { readonly now: number };
    const mine = `${token} ${now + LOCKED_FOR}`;
    const found = (await connection.get(READ, LOCK)) as { readonly value: string } | null;
    if (found === null) return inserted(connection, mine);
    const [holder, until] = found.value.split(' ');
    if (holder !== token && Number(until) > now) return false;
    return (await connection.run(TAKE_OVER, mine, found.value)).changes === 1;
  });

const inserted = async (connection: Connection, value: string): Promise<boolean> => {
  try {
    await connection.run(LOCK_IT, value);
    return true;
  } catch (error) {
    if (isTaken(error)) return false;
    throw error;
  }
};
