import assert from 'node:assert/strict';
import type { MariadbServer } from '../../src/cli/mariadb.ts';
import { openMysqlStore } from '../../src/store/mysql/mysql-store.ts';
import type { Store } from '../../src/store/store.ts';
import { LIST, NOW, OTHER_LIST } from '../contract/store/samples.ts';
import { launchMariadb } from '../support/mariadb.ts';
import { callEverything } from './every-method.ts';
import { PREFIX, query } from './mysql-place.ts';

/** Tables that grow with the people, and with time. */
const GROWING = ['cache', 'former_email', 'update', 'run', 'plan', 'contact', 'inbox', 'creation_claim'];
/** What the first column of an index takes in EXPLAIN's `key_len`: VARBINARY(64) with its length. */
const LIST_ONLY = '66';

interface Step {
  readonly sql: string;
  readonly table: string;
  readonly type: string;
  readonly key: string | null;
  readonly keyLength: string | null;
}

describe('Query plans of the MySQL store', () => {
  let server: MariadbServer;
  let steps: readonly Step[];
  let statements: readonly string[];

  before(async function () {
    // The server's own record has the statements with their values, which decide on the indexes.
    ({ server } = await launchMariadb(this, ['--log-output=TABLE']));
    const url = server.url('store');
    const store: Store = await openMysqlStore({ url, tablePrefix: PREFIX });
    for (const filling of FILLINGS) await query(url, filling);
    await query(url, `ANALYZE TABLE ${GROWING.map((table) => PREFIX + table).join(', ')}`);
    await query(url, 'SET GLOBAL general_log = 1');
    await callEverything(store);
    await query(url, 'SET GLOBAL general_log = 0');
    await store.close();
    const logged = await query(url, `SELECT DISTINCT CONVERT(argument USING utf8mb4) AS statement FROM mysql.general_log WHERE command_type = 'Execute'`);
    statements = logged.map(({ statement }) => String(statement)).filter((statement) => /^\s*(SELECT|UPDATE|DELETE)/.test(statement) && GROWING.some((table) => statement.includes(`\`${PREFIX}${table}\``)));
    const explained: Step[] = [];
    for (const sql of statements)
      for (const line of await query(url, `EXPLAIN ${sql}`))
        explained.push({ sql, table: String(line['table']), type: String(line['type']), key: line['key'] as string | null, keyLength: line['key_len'] as string | null });
    steps = explained.filter(({ table }) => table.startsWith(PREFIX) || table === 'plan');
  });
  after(() => server?.stop('SIGKILL'));

  it('cover what every method asks', () => {
    assert.ok(statements.length > 40, `${statements.length} statements were seen`);
  });

  it('never read a whole table', () => {
    for (const { sql, type } of steps) assert.ok(type !== 'ALL' && type !== 'index', `${type}: ${sql}`);
  });

  it('look rows up by their own key, not through their whole audience', () => {
    for (const { sql, key, keyLength } of steps) {
      // Counts and pages read what they answer.
      if (/COUNT\(\*\)|LIMIT/i.test(sql)) continue;
      assert.notEqual(keyLength, LIST_ONLY, `${key}: ${sql}`);
    }
  });

  it('count people and members from an index of what they count', () => {
    const used = new Set(steps.filter(({ sql }) => /count\(DISTINCT person\)|mailchimp_status = 'subscribed'/.test(sql)).map(({ key }) => key));
    assert.deepEqual(used, new Set(['by_kind', 'by_state', 'PRIMARY', 'by_member_status']));
  });
});

/** Enough of two audiences that the server has to choose (https://mariadb.com/kb/en/sequence-storage-engine/). */
const OF_EACH = `seq_1_to_3000 CROSS JOIN (SELECT '${LIST}' AS list UNION SELECT '${OTHER_LIST}') AS lists`;
const FILLINGS = [
  `INSERT INTO ${PREFIX}cache (id, version, mailchimp_list_id, civicrm_contact_id, mailchimp_email, mailchimp_contact_id, mailchimp_status, mailchimp_updated, mailchimp_data, civicrm_groups, civicrm_data, memory, sync_status)
   SELECT 1000000 + 2 * seq + (list = '${LIST}'), 1, list, seq + 100, CONCAT('a', seq, '@example.org'), CONCAT('m', seq), ELT(1 + seq % 2, 'subscribed', 'unsubscribed'), seq, '{}', '{}', '{}', '{}', 'ok' FROM ${OF_EACH}`,
  `INSERT INTO ${PREFIX}former_email SELECT list, CONCAT('f', seq, '@example.org'), 1000000 + 2 * seq + (list = '${LIST}') FROM ${OF_EACH}`,
  `INSERT INTO ${PREFIX}update (id, mailchimp_list_id, run_id, mailchimpsync_cache_id, civicrm_contact_id, side, kind, state, claims, data, origin, reason, unclear, created_at, sent_at, mailchimp_email, asked_email, mailchimpsync_batch_id, write_id)
   SELECT 2000000 + 2 * seq + (list = '${LIST}'), list, CONCAT('run', seq % 50), 1000000 + seq, seq, ELT(1 + seq % 2, 'mailchimp', 'civicrm'), ELT(1 + seq % 3, 'data', 'subscribe', 'add'), 'done', 0, '{}', '{}', '', 0, seq, seq, CONCAT('a', seq, '@example.org'), CONCAT('b', seq, '@example.org'), seq % 60, CONCAT('w', seq) FROM ${OF_EACH}`,
  `INSERT INTO ${PREFIX}run (id, mailchimp_list_id, mode, with_data, dry_run, state, \`cursor\`, counts, started_at) SELECT CONCAT(list, seq), list, 'full', 1, 0, 'done', 'null', '{}', seq FROM ${OF_EACH}`,
  `INSERT INTO ${PREFIX}plan SELECT CONCAT(list, seq), list, CONCAT(list, seq), 'applied', '{}', seq, seq FROM ${OF_EACH}`,
  `INSERT INTO ${PREFIX}contact SELECT list, seq + 100, seq, NULL, '{}' FROM ${OF_EACH}`,
  `INSERT INTO ${PREFIX}inbox (mailchimp_list_id, type, fired_at, dedup_key, email, payload, received_at, handled_at) SELECT list, 'profile', seq, CONCAT('k', seq), CONCAT('a', seq, '@example.org'), '{}', seq, ${NOW} + seq FROM ${OF_EACH}`,
  `INSERT INTO ${PREFIX}creation_claim SELECT list, CONCAT('a', seq, '@example.org'), 'one', seq, NULL FROM ${OF_EACH}`,
];
