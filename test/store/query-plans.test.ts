import assert from 'node:assert/strict';
import type { StoreMethods } from '../../src/store/sqlite/methods.ts';
import { migrate } from '../../src/store/sqlite/migrations.ts';
import { methodsOf } from '../../src/store/sqlite/store-methods.ts';
import { callEverything } from './every-method.ts';
import { RecordingDatabase } from './recording-database.ts';

describe('Query plans of the embedded store', () => {
  let database: RecordingDatabase;
  const called = new Set<keyof StoreMethods>();

  before(async () => {
    database = new RecordingDatabase();
    migrate(database, ':memory:');
    database.statements.clear();
    const methods: StoreMethods = new Proxy(methodsOf(database), {
      get: (target, name: keyof StoreMethods) => {
        called.add(name);
        return target[name];
      },
    });
    await callEverything(methods);
  });
  after(() => database.close());

  it('cover every method', () => {
    assert.deepEqual([...called].sort(), Object.keys(methodsOf(database)).sort());
    assert.ok(database.statements.size > 50, `${database.statements.size} statements were seen`);
  });

  it('never read a whole table', () => {
    for (const [sql, step] of steps(database)) assert.doesNotMatch(step, /^SCAN mailchimpsync/, sql);
  });

  it('look rows up by their own key, not through their whole audience', () => {
    for (const [sql, step] of steps(database)) {
      // Counts and pages read what they answer; of the index of running runs there is one line an audience.
      if (/count\(\*\)|LIMIT|mailchimpsync_run_running/.test(sql)) continue;
      assert.doesNotMatch(step, /^SEARCH mailchimpsync_\w+ USING (COVERING )?INDEX \w+ \(mailchimp_list_id=\?\)$/, sql);
    }
  });

  it('take a page from its index in order, without sorting', () => {
    for (const [sql, step] of steps(database)) if (sql.includes('LIMIT')) assert.doesNotMatch(step, /TEMP B-TREE/, sql);
  });
});

const steps = (database: RecordingDatabase): readonly (readonly [sql: string, step: string])[] =>
  [...database.statements]
    .filter((sql) => /^\s*(SELECT|INSERT|UPDATE|DELETE)/.test(sql))
    .flatMap((sql) => database.plan(sql).map((step) => [sql, step] as const));
