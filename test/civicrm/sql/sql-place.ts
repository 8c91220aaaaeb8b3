import { createConnection, type Connection } from 'mysql2/promise';
import { poolOptionsOf } from '../../../src/mysql/pool-options.ts';
import { readDatabaseAddress, type DatabaseAddress } from '../../../src/settings/database-address.ts';
import { SimulatorClock } from '../../../src/simulator/clock.ts';
import type { HistoryColumn } from '../../../src/simulator/civicrm/database/ddl.ts';
import { DatabaseMirror } from '../../../src/simulator/civicrm/database/mirror.ts';
import { SiteTime } from '../../../src/simulator/civicrm/site-time.ts';
import type { ReaderPlace } from '../../contract/reader/reader-world.ts';
import { emptyDatabase } from '../../support/mariadb.ts';

const TABLES = ['civicrm_contact', 'civicrm_email', 'civicrm_group', 'civicrm_group_contact', 'civicrm_subscription_history', 'civicrm_tag', 'civicrm_entity_tag'];
/** What the how-to grants, and no more (docs/how-to/read-civicrm-by-sql.md). */
const READ = TABLES.slice(0, 5);

export interface SqlPlace extends ReaderPlace {
  readonly mirror: DatabaseMirror;
  /** As the server's administrator, to act past CiviCRM. */
  readonly administrator: Connection;
}

export interface SqlPlaceOptions {
  readonly timezone?: string;
  readonly history?: HistoryColumn;
}

/** CiviCRM's database for the tests of a suite: one database, whose tables are emptied for each test. */
export class SqlSite {
  readonly #url: string;
  #made: HistoryColumn | null = null;

  private constructor(url: string) {
    this.#url = url;
  }

  /** Skips the suite, by name, where there is no MariaDB. */
  static async of(suite: Mocha.Context): Promise<SqlSite> {
    const url = await emptyDatabase(suite);
    const administrator = await connectTo(url);
    await administrator.query("CREATE OR REPLACE USER sync_reader@localhost IDENTIFIED BY 'p@ss/word'");
    await administrator.end();
    return new SqlSite(url);
  }

  /** The address that the settings have: a user who may read five tables, and nothing else. */
  get readerUrl(): string {
    return this.#url.replace('mysql://root@', 'mysql://sync_reader:p%40ss%2Fword@');
  }

  /** A user who may do everything. */
  get administratorUrl(): string {
    return this.#url;
  }

  connect(): Promise<Connection> {
    return connectTo(this.#url);
  }

  /** The tables, and the right to read them. */
  async #make(administrator: Connection, history: HistoryColumn): Promise<void> {
    if (this.#made === history) return;
    for (const table of TABLES) await administrator.query(`DROP TABLE IF EXISTS ${table}`);
    await DatabaseMirror.makeTables(administrator, history);
    for (const table of READ) await administrator.query(`GRANT SELECT ON ${table} TO sync_reader@localhost`);
    this.#made = history;
  }

  async place({ timezone = 'UTC', history = 'TIMESTAMP' }: SqlPlaceOptions = {}): Promise<SqlPlace> {
    const administrator = await this.connect();
    await this.#make(administrator, history);
    const connection = await this.connect();
    const clocks = new SiteTime(new SimulatorClock(), timezone, 0);
    const mirror = await DatabaseMirror.open(connection, { history, localTime: (instant) => clocks.readLocal(new Date(instant).toISOString()) });
    return {
      mirror,
      administrator,
      site: { access: 'sql+api', database: this.readerUrl },
      remove: async () => {
        await Promise.all([administrator.end(), connection.end()]);
      },
    };
  }
}

const addressOf = (url: string): DatabaseAddress => {
  const address = readDatabaseAddress(url);
  if ('problem' in address) throw new Error(address.problem);
  return address;
};

const connectTo = async (url: string): Promise<Connection> => {
  const { connectionLimit: _limit, maxIdle: _idle, idleTimeout: _timeout, ...options } = await poolOptionsOf(addressOf(url));
  return createConnection({ ...options, dateStrings: true });
};
