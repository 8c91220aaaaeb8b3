import assert from 'node:assert/strict';
import { contactId, emailAddress, rowId, runId, updateId, writeId } from '../../../src/base/ids.ts';
import type { UpdateState } from '../../../src/store/entities.ts';
import { civicrmUpdate, heldPlan, LIST, mailchimpUpdate, memberRow, NOW, only, OTHER_LIST, RUN, stored, storedUpdates, type Stores } from './samples.ts';

export const updatesContract = (stores: () => Stores): void => {
  const ANN = emailAddress('ann@example.org');
  const NEW = emailAddress('new@example.org');

  it('gives back updates of both sides as they were stored', async () => {
    const { store, other } = stores();
    const updates = [
      mailchimpUpdate({ sentAt: NOW, endedAt: NOW + 1, failReason: 'other', answer: 'refused', claims: true, batch: 3, settledAs: NOW + 2 }),
      civicrmUpdate({ ask: { kind: 'email', email: NEW }, unclear: false, runId: null }),
    ];
    const ids = await storedUpdates(store, updates);
    assert.deepEqual(await other.updatesById(ids), updates.map((update, at) => ({ ...update, id: ids[at] })));
    assert.deepEqual(await store.updatesById([updateId(4711)]), []);
  });

  it('finds what is open, or claims a value, by row and by address, each once', async () => {
    const { store } = stores();
    const [row, another] = await stored(store, [memberRow('ann'), memberRow('bob')]);
    assert.ok(row && another);
    const states: readonly UpdateState[] = ['planned', 'queued', 'sending', 'submitted', 'done', 'failed', 'aborted', 'superseded'];
    const ids = await storedUpdates(store, [
      ...states.map((state) => mailchimpUpdate({ state, rowId: row.id })),
      mailchimpUpdate({ state: 'superseded', claims: true, rowId: row.id }),
      civicrmUpdate({ state: 'queued', rowId: row.id }),
      mailchimpUpdate({ email: emailAddress('bob@example.org'), rowId: another.id }),
      mailchimpUpdate({ email: emailAddress('bob@example.org'), ask: { email: NEW } }),
      mailchimpUpdate({ email: ANN, ask: { email: NEW }, state: 'done' }),
    ]);
    const open = async (rows: Parameters<typeof store.openUpdates>[1], emails: Parameters<typeof store.openUpdates>[2]): Promise<number[]> =>
      (await store.openUpdates(LIST, rows, emails)).map(({ id }) => ids.indexOf(id));
    assert.deepEqual(await open([row.id], []), [0, 1, 2, 3, 8, 9]);
    assert.deepEqual(await open([], [ANN]), [0, 1, 2, 3, 8]);
    assert.deepEqual(await open([row.id, another.id], [ANN]), [0, 1, 2, 3, 8, 9, 10]);
    assert.deepEqual(await open([], [NEW]), [11]);
    assert.deepEqual(await store.openUpdates(OTHER_LIST, [row.id], [ANN]), []);
  });

  it('finds the updates of rows that were sent since', async () => {
    const { store } = stores();
    const [row] = await stored(store, [memberRow('ann')]);
    assert.ok(row);
    const ids = await storedUpdates(store, [
      mailchimpUpdate({ rowId: row.id, sentAt: NOW - 1, state: 'done' }),
      mailchimpUpdate({ rowId: row.id, sentAt: NOW, state: 'done' }),
      mailchimpUpdate({ rowId: row.id, sentAt: null }),
      civicrmUpdate({ rowId: row.id, sentAt: NOW + 1, state: 'failed' }),
      mailchimpUpdate({ rowId: rowId(4711), sentAt: NOW, state: 'done' }),
    ]);
    assert.deepEqual((await store.updatesOfRows(LIST, [row.id], NOW)).map(({ id }) => id), [ids[1], ids[3]]);
  });

  it('finds the updates of a write to CiviCRM', async () => {
    const { store } = stores();
    const ids = await storedUpdates(store, [civicrmUpdate(), civicrmUpdate({ writeId: writeId('write-2') }), civicrmUpdate(), mailchimpUpdate()]);
    assert.deepEqual((await store.updatesByWriteId([writeId('write-1'), writeId('never')])).map(({ id }) => id), [ids[0], ids[2]]);
  });

  it('pages through the updates of one state and side', async () => {
    const { store } = stores();
    const ids = await storedUpdates(store, [mailchimpUpdate(), civicrmUpdate({ state: 'queued' }), mailchimpUpdate({ state: 'done' }), mailchimpUpdate(), mailchimpUpdate()]);
    const first = await store.updatesInState(LIST, 'mailchimp', 'queued', null, 2);
    assert.deepEqual(first.map(({ id }) => id), [ids[0], ids[3]]);
    const second = await store.updatesInState(LIST, 'mailchimp', 'queued', first[1]?.id ?? null, 2);
    assert.deepEqual(second.map(({ id }) => id), [ids[4]]);
    assert.equal(only(await store.updatesInState(LIST, 'civicrm', 'queued', null, 9)).id, ids[1]);
    assert.deepEqual(await store.updatesInState(OTHER_LIST, 'mailchimp', 'queued', null, 9), []);
  });

  it('counts the updates in some states, on both sides', async () => {
    const { store } = stores();
    await storedUpdates(store, [mailchimpUpdate(), civicrmUpdate({ state: 'queued' }), mailchimpUpdate({ state: 'sending' }), mailchimpUpdate({ state: 'done' })]);
    assert.equal(await store.countUpdatesInState(LIST, ['queued', 'sending', 'submitted']), 3);
    assert.equal(await store.countUpdatesInState(LIST, []), 0);
    assert.equal(await store.countUpdatesInState(OTHER_LIST, ['queued']), 0);
  });

  it('pages through the updates of a run', async () => {
    const { store } = stores();
    const ids = await storedUpdates(store, [mailchimpUpdate(), civicrmUpdate({ state: 'superseded' }), mailchimpUpdate({ runId: runId('another') }), mailchimpUpdate({ state: 'done' })]);
    assert.deepEqual((await store.updatesOfRun(RUN, null, 2)).map(({ id }) => id), [ids[0], ids[1]]);
    assert.deepEqual((await store.updatesOfRun(RUN, ids[1] ?? null, 2)).map(({ id }) => id), [ids[3]]);
    assert.deepEqual(await store.updatesOfRun(runId('never'), null, 2), []);
  });

  it('counts the people changed since by kind: each once, who waits too, who ended in vain not', async () => {
    const { store } = stores();
    const [row, another] = await stored(store, [memberRow('ann'), memberRow('bob')]);
    const nobody = { contactId: null, kind: 'unsubscribe' } as const;
    await storedUpdates(store, [
      mailchimpUpdate({ state: 'done', sentAt: NOW + 1 }),
      mailchimpUpdate({ state: 'queued' }),
      mailchimpUpdate({ state: 'submitted', sentAt: NOW + 1, contactId: contactId(8) }),
      mailchimpUpdate({ state: 'done', sentAt: NOW, contactId: contactId(9) }),
      ...(['failed', 'aborted'] as const).map((state) => mailchimpUpdate({ state, sentAt: NOW + 1, contactId: contactId(10) })),
      mailchimpUpdate({ state: 'superseded', contactId: contactId(10) }),
      mailchimpUpdate({ state: 'superseded', sentAt: NOW + 1, contactId: contactId(11) }), // may have been done
      mailchimpUpdate({ ...nobody, state: 'sending', sentAt: NOW + 1 }),
      mailchimpUpdate({ ...nobody, state: 'planned', email: emailAddress('bob@example.org') }),
      mailchimpUpdate({ kind: 'data', state: 'done', sentAt: NOW + 1 }),
      civicrmUpdate({ state: 'done', sentAt: NOW + 1 }),
      ...[row, another, row].map((of) => civicrmUpdate({ kind: 'create', contactId: null, rowId: of?.id ?? null })),
    ]);
    assert.deepEqual(await store.countPeople(LIST, NOW), { subscribe: 3, unsubscribe: 2, add: 1, remove: 0, create: 2, rename: 0 });
    assert.deepEqual(await store.countPeople(OTHER_LIST, NOW), { subscribe: 0, unsubscribe: 0, add: 0, remove: 0, create: 0, rename: 0 });
  });

  it('does not count the people of a plan that was held', async () => {
    const { store } = stores();
    await storedUpdates(store, [mailchimpUpdate(), mailchimpUpdate({ runId: runId('another'), contactId: contactId(8) }), mailchimpUpdate({ runId: null, contactId: contactId(9) })]);
    await store.writePlan(heldPlan());
    assert.equal((await store.countPeople(LIST, NOW)).subscribe, 2);
  });

  it('finds the newest updates of people by row and by address, whatever became of them, newest first', async () => {
    const { store, other } = stores();
    const [row] = await stored(store, [memberRow('ann')]);
    assert.ok(row);
    const ids = await storedUpdates(store, [
      mailchimpUpdate({ state: 'done', sentAt: NOW + 9 }),
      civicrmUpdate({ rowId: row.id, state: 'failed' }),
      mailchimpUpdate({ rowId: row.id, state: 'superseded', email: emailAddress('bob@example.org') }),
      mailchimpUpdate({ email: emailAddress('bob@example.org'), state: 'aborted', ask: { email: NEW } }),
      mailchimpUpdate({ email: emailAddress('bob@example.org'), state: 'done' }),
    ]);
    const found = async (...query: Parameters<typeof store.updatesOfPeople>): Promise<number[]> => (await other.updatesOfPeople(...query)).map(({ id }) => ids.indexOf(id));
    assert.deepEqual(await found(LIST, [row.id], [ANN, NEW], 9), [3, 2, 1, 0]);
    assert.deepEqual(await found(LIST, [row.id], [ANN, NEW], 2), [3, 2]);
    assert.deepEqual(await found(LIST, [row.id], [], 9), [2, 1]);
    assert.deepEqual(await found(LIST, [], [], 9), []);
    assert.deepEqual(await found(OTHER_LIST, [row.id], [ANN], 9), []);
  });

  it('counts a run’s updates by kind, side, state and reason', async () => {
    const { store } = stores();
    await storedUpdates(store, [
      mailchimpUpdate(),
      mailchimpUpdate(),
      mailchimpUpdate({ state: 'failed', failReason: 'compliance' }),
      civicrmUpdate({ state: 'done' }),
      mailchimpUpdate({ runId: runId('another') }),
    ]);
    const counted = (await store.countUpdates(RUN)).map(({ kind, side, state, failReason, count }) => [kind, side, state, failReason, count].join(' '));
    assert.deepEqual(counted.sort(), ['add civicrm done  1', 'subscribe mailchimp failed compliance 1', 'subscribe mailchimp queued  2']);
  });
};
