import assert from 'node:assert/strict';
import { batchId, contactId, emailAddress, rowId, updateId, writeId } from '../../src/base/ids.ts';
import type { StoreMethods } from '../../src/store/sqlite/methods.ts';
import { migrate } from '../../src/store/sqlite/migrations.ts';
import { methodsOf } from '../../src/store/sqlite/store-methods.ts';
import type { RowPage } from '../../src/store/store.ts';
import { contactRow, heldPlan, LIST, mailchimpUpdate, memberRow, MINUTE, NOW, RUN, runOf } from '../contract/store/samples.ts';
import { RecordingDatabase } from './recording-database.ts';

describe('Query plans of the embedded store', () => {
  let database: RecordingDatabase;
  const called = new Set<keyof StoreMethods>();
  let methods: StoreMethods;

  before(() => {
    database = new RecordingDatabase();
    migrate(database, ':memory:');
    database.statements.clear();
    methods = new Proxy(methodsOf(database), {
      get: (target, name: keyof StoreMethods) => {
        called.add(name);
        return target[name];
      },
    });
    callEverything(methods);
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

const callEverything = (store: StoreMethods): void => {
  const email = emailAddress('ann@example.org');
  const start = store.startRun(runOf(), 'one', NOW, MINUTE);
  assert.ok(start.kind === 'started');
  const [outcome] = store.commit(
    LIST,
    [
      {
        rows: [memberRow('ann', { memory: { former: [{ email, until: NOW }] } }), contactRow(1), contactRow(2)].map((row) => ({ kind: 'insert', row })),
        updates: [{ kind: 'insert', update: mailchimpUpdate() }],
        contacts: [{ contactId: contactId(1), lookedAt: NOW, optOut: null, unexplained: {} }],
      },
    ],
    { lease: start.lease, run: { id: RUN, cursor: 1 }, audience: store.audience(LIST) },
  );
  assert.ok(outcome?.kind === 'done');
  const rows = store.rowsById(LIST, outcome.rows);
  store.claimRows(LIST, rows, 'hook', NOW, NOW + MINUTE);
  store.releaseRows(LIST, 'other');
  const changed = store.commit(
    LIST,
    [
      {
        rows: rows.map((row, at) => (at === 0 ? { kind: 'write', row } : { kind: 'delete', id: row.id, version: row.version })),
        updates: [
          { kind: 'write', id: outcome.updates[0] ?? updateId(0), from: ['queued'], set: {} },
          { kind: 'move', fromRow: rowId(2), toRow: null },
        ],
        claimant: 'hook',
        release: true,
      },
    ],
    { now: NOW },
  );
  assert.equal(changed[0]?.kind, 'done');

  const pages: readonly RowPage['where'][] = [
    { kind: 'all' }, { kind: 'status', status: 'todo' }, { kind: 'withoutContact' }, { kind: 'withContact' }, { kind: 'contactOnly' }, { kind: 'memberPresent' }, { kind: 'empty' },
  ];
  for (const where of pages) store.rows({ listId: LIST, after: null, limit: 10, where });
  store.rowsByEmail(LIST, [email]);
  store.rowsByContact(LIST, [contactId(1)]);
  store.rowsByMember(LIST, []);
  store.rowsByFormerEmail(LIST, email);
  store.countRows(LIST);
  store.countSubscribed(LIST);
  store.countFails(LIST);
  store.openUpdates(LIST, [rowId(1)], [email]);
  store.updatesOfRows(LIST, [rowId(1)], NOW);
  store.updatesByWriteId([writeId('w')]);
  store.updatesById([updateId(1)]);
  store.updatesInState(LIST, 'mailchimp', 'queued', null, 10);
  store.countUpdatesInState(LIST, ['queued']);
  store.countUpdates(RUN);
  store.updatesOfRun(RUN, null, 10);
  store.countPeople(LIST, NOW);
  store.updatesOfPeople(LIST, [rowId(1)], [email], 10);
  store.writePlan(heldPlan(), start.lease);
  store.plans(LIST, 5);
  store.openPlan(LIST);
  store.contactMemories(LIST, [contactId(1)]);

  const { id } = store.openBatch({ account: 'main', listId: LIST, createdAt: NOW }, outcome.updates);
  store.writeBatch(id, { batchId: batchId('b'), state: 'submitted' });
  store.updatesOfBatch(id);
  store.batchesInState(['sending'], 'main');
  store.batchByBatchId(batchId('b'));
  store.claimBatch(id, 'one', NOW, NOW + MINUTE);
  store.releaseBatch(id, 'one');

  store.receive({ listId: LIST, type: 'subscribe', firedAt: NOW, key: 'a', email, payload: {}, receivedAt: NOW });
  store.unhandled(LIST, 10);
  store.countUnhandled(LIST);
  store.inboxOf(LIST, [email], 10);
  store.settleInbox(1, NOW);
  store.forgetHandled(LIST, NOW);
  store.claimCreation('site', [email], 'one', NOW, NOW - MINUTE);
  store.creationClaims('site');
  store.settleCreation('site', [{ email, contactId: contactId(1) }, { email, contactId: null }]);

  store.renewLease(start.lease, NOW, MINUTE);
  store.completeStage(start.lease, { stage: 'fetch', counts: {} }, NOW, MINUTE);
  const lease = store.takeLease(RUN, 'one', NOW, MINUTE);
  assert.ok(lease);
  store.leaseHolder(LIST);
  store.finishRun(lease, 'done', NOW, null);
  store.endLeaseOf(LIST, 'one');
  store.abortRun(LIST, NOW);
  store.run(RUN);
  store.runs(LIST, 5);
};
