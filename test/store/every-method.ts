import assert from 'node:assert/strict';
import { batchId, contactId, emailAddress, rowId, updateId, writeId } from '../../src/base/ids.ts';
import type { StoreMethods } from '../../src/store/sqlite/methods.ts';
import type { RowPage } from '../../src/store/store.ts';
import { contactRow, heldPlan, LIST, mailchimpUpdate, memberRow, MINUTE, NOW, RUN, runOf } from '../contract/store/samples.ts';

/** The methods of a store, whether they answer at once or later. */
export type EitherStore = { readonly [Name in keyof StoreMethods]: (...parameters: Parameters<StoreMethods[Name]>) => ReturnType<StoreMethods[Name]> | Promise<ReturnType<StoreMethods[Name]>> };

/** Calls every method of a store, so that each of its statements is seen. */
export const callEverything = async (store: EitherStore): Promise<void> => {
  const email = emailAddress('ann@example.org');
  const start = await store.startRun(runOf(), 'one', NOW, MINUTE);
  assert.ok(start.kind === 'started');
  const [outcome] = await store.commit(
    LIST,
    [
      {
        rows: [memberRow('ann', { memory: { former: [{ email, until: NOW }] } }), contactRow(1), contactRow(2)].map((row) => ({ kind: 'insert', row })),
        updates: [{ kind: 'insert', update: mailchimpUpdate() }],
        contacts: [{ contactId: contactId(1), lookedAt: NOW, optOut: null, unexplained: {} }],
      },
    ],
    { lease: start.lease, run: { id: RUN, cursor: 1 }, audience: await store.audience(LIST) },
  );
  assert.ok(outcome?.kind === 'done');
  const rows = await store.rowsById(LIST, outcome.rows);
  await store.claimRows(LIST, rows, 'hook', NOW, NOW + MINUTE);
  await store.releaseRows(LIST, 'other');
  const changed = await store.commit(
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
  for (const where of pages) await store.rows({ listId: LIST, after: null, limit: 10, where });
  await store.rowsByEmail(LIST, [email]);
  await store.rowsByContact(LIST, [contactId(1)]);
  await store.rowsByMember(LIST, []);
  await store.rowsByFormerEmail(LIST, email);
  await store.countRows(LIST);
  await store.countSubscribed(LIST);
  await store.countFails(LIST);
  await store.openUpdates(LIST, [rowId(1)], [email]);
  await store.updatesOfRows(LIST, [rowId(1)], NOW);
  await store.updatesByWriteId([writeId('w')]);
  await store.updatesById([updateId(1)]);
  await store.updatesInState(LIST, 'mailchimp', 'queued', null, 10);
  await store.countUpdatesInState(LIST, ['queued']);
  await store.countUpdates(RUN);
  await store.updatesOfRun(RUN, null, 10);
  await store.countPeople(LIST, NOW);
  await store.updatesOfPeople(LIST, [rowId(1)], [email], 10);
  await store.writePlan(heldPlan(), start.lease);
  await store.plans(LIST, 5);
  await store.openPlan(LIST);
  await store.contactMemories(LIST, [contactId(1)]);

  const { id } = await store.openBatch({ account: 'main', listId: LIST, createdAt: NOW }, outcome.updates);
  await store.writeBatch(id, { batchId: batchId('b'), state: 'submitted' });
  await store.updatesOfBatch(id);
  await store.batchesInState(['sending'], 'main');
  await store.batchByBatchId(batchId('b'));
  await store.claimBatch(id, 'one', NOW, NOW + MINUTE);
  await store.releaseBatch(id, 'one');

  await store.receive({ listId: LIST, type: 'subscribe', firedAt: NOW, key: 'a', email, payload: {}, receivedAt: NOW });
  await store.unhandled(LIST, 10);
  await store.countUnhandled(LIST);
  await store.inboxOf(LIST, [email], 10);
  await store.settleInbox(1, NOW);
  await store.forgetHandled(LIST, NOW);
  await store.claimCreation('site', [email], 'one', NOW, NOW - MINUTE);
  await store.creationClaims('site');
  await store.settleCreation('site', [{ email, contactId: contactId(1) }, { email, contactId: null }]);

  await store.renewLease(start.lease, NOW, MINUTE);
  await store.completeStage(start.lease, { stage: 'fetch', counts: {} }, NOW, MINUTE);
  const lease = await store.takeLease(RUN, 'one', NOW, MINUTE);
  assert.ok(lease);
  await store.leaseHolder(LIST);
  await store.finishRun(lease, 'done', NOW, null);
  await store.endLeaseOf(LIST, 'one');
  await store.abortRun(LIST, NOW);
  await store.run(RUN);
  await store.runs(LIST, 5);
};
