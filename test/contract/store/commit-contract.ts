import assert from 'node:assert/strict';
import { contactId, emailAddress, groupId, historyId, updateId } from '../../../src/base/ids.ts';
import type { AudienceState, ContactMemory } from '../../../src/store/entities.ts';
import type { Unit } from '../../../src/store/store.ts';
import { committed, contactRow, INTEREST, LIST, mailchimpUpdate, memberRow, MINUTE, NOW, only, OTHER_LIST, reread, RUN, runOf, stored, storedRow, storedUpdates, word, type Stores } from './samples.ts';

export const commitContract = (stores: () => Stores): void => {
  const kinds = async (units: readonly Unit[], now = NOW): Promise<string[]> => (await stores().store.commit(LIST, units, { now })).map(({ kind }) => kind);

  it('writes a row and raises its version', async () => {
    const { store } = stores();
    const row = await storedRow(store, memberRow('ann'));
    const changed = { ...row, contactId: contactId(3), email: emailAddress('new@example.org'), member: null, memory: {}, syncStatus: 'fail', failReason: 'on_hold' } as const;
    await committed(store, { rows: [{ kind: 'write', row: changed }] });
    assert.deepEqual(await reread(store, row), { ...changed, version: row.version + 1 });
  });

  it('refuses a write of another version, and a second write of the same', async () => {
    const { store } = stores();
    const row = await storedRow(store, memberRow('ann'));
    const unit: Unit = { rows: [{ kind: 'write', row: { ...row, syncStatus: 'ok' } }] };
    assert.deepEqual(await kinds([unit, unit]), ['done', 'conflict']);
    assert.deepEqual(await kinds([{ rows: [{ kind: 'delete', id: row.id, version: row.version }] }]), ['conflict']);
    assert.equal((await reread(store, row)).version, row.version + 1);
  });

  it('applies a unit whole or not at all, and the others of the commit', async () => {
    const { store } = stores();
    const [ann, bob] = await stored(store, [memberRow('ann'), memberRow('bob')]);
    assert.ok(ann && bob);
    const memory: ContactMemory = { contactId: contactId(9), lookedAt: NOW, optOut: null, unexplained: {} };
    const torn: Unit = {
      rows: [{ kind: 'write', row: { ...ann, syncStatus: 'ok' } }, { kind: 'insert', row: memberRow('new') }, { kind: 'write', row: { ...bob, version: 7 } }],
      updates: [{ kind: 'insert', update: mailchimpUpdate() }],
      contacts: [memory],
    };
    assert.deepEqual(await kinds([torn, { rows: [{ kind: 'insert', row: memberRow('whole') }] }]), ['conflict', 'done']);
    assert.deepEqual(await reread(store, ann), ann);
    assert.deepEqual((await store.rows({ listId: LIST, after: null, limit: 9, where: { kind: 'all' } })).map(({ email }) => email), ['ann@example.org', 'bob@example.org', 'whole@example.org']);
    assert.deepEqual(await store.countUpdates(RUN), []);
    assert.deepEqual(await store.contactMemories(LIST, [contactId(9)]), []);
  });

  it('takes an address or a member that another row has for a conflict', async () => {
    const { store } = stores();
    const [ann, bob] = await stored(store, [memberRow('ann'), memberRow('bob')]);
    assert.ok(ann && bob);
    assert.deepEqual(
      await kinds([
        { rows: [{ kind: 'write', row: { ...bob, syncStatus: 'ok', email: ann.email } }] },
        { rows: [{ kind: 'write', row: { ...bob, syncStatus: 'ok', memberContactId: ann.memberContactId } }] },
        { rows: [{ kind: 'insert', row: memberRow('ann', { memberContactId: null }) }] },
        { rows: [{ kind: 'insert', row: contactRow(1) }, { kind: 'insert', row: contactRow(1) }] },
      ]),
      ['conflict', 'conflict', 'conflict', 'done'],
    );
    assert.deepEqual(await reread(store, bob), bob);
    await storedRow(store, memberRow('ann', { listId: OTHER_LIST }));
  });

  it('passes an address from row to row in the order of the changes', async () => {
    const { store } = stores();
    const [ann, bob] = await stored(store, [memberRow('ann'), memberRow('bob')]);
    assert.ok(ann && bob);
    await committed(store, {
      rows: [{ kind: 'write', row: { ...ann, email: null } }, { kind: 'write', row: { ...bob, email: ann.email } }, { kind: 'write', row: { ...ann, email: bob.email } }],
    });
    assert.deepEqual([(await reread(store, ann)).email, (await reread(store, bob)).email], [bob.email, ann.email]);
    const now = await reread(store, ann);
    await committed(store, { rows: [{ kind: 'delete', id: now.id, version: now.version }, { kind: 'insert', row: memberRow('bob', { memberContactId: null }) }] });
    assert.deepEqual(await store.rowsById(LIST, [ann.id]), []);
  });

  it('never gives the id of a deleted row to another', async () => {
    const { store } = stores();
    const row = await storedRow(store, memberRow('ann'));
    await committed(store, { rows: [{ kind: 'delete', id: row.id, version: row.version }] });
    assert.notEqual((await storedRow(store, memberRow('ann'))).id, row.id);
  });

  it('keeps audiences apart', async () => {
    const { store } = stores();
    const row = await storedRow(store, memberRow('ann'));
    const [outcome] = await store.commit(OTHER_LIST, [{ rows: [{ kind: 'delete', id: row.id, version: row.version }] }]);
    assert.equal(outcome?.kind, 'conflict');
    await assert.rejects(store.commit(OTHER_LIST, [{ rows: [{ kind: 'write', row }] }]), { code: 'internal' });
    assert.deepEqual(await reread(store, row), row);
  });

  it('leaves claimed rows to their claimant until the claim runs out', async () => {
    const { store } = stores();
    const row = await storedRow(store, memberRow('ann'));
    await store.claimRows(LIST, [row], 'webhook', NOW, NOW + MINUTE);
    const write: Unit = { rows: [{ kind: 'write', row: { ...row, syncStatus: 'ok' } }] };
    const drop: Unit = { rows: [{ kind: 'delete', id: row.id, version: row.version }] };
    assert.deepEqual(await kinds([write, drop, { ...write, claimant: 'batch' }]), ['conflict', 'conflict', 'conflict']);
    assert.deepEqual(await kinds([{ ...write, claimant: 'webhook' }]), ['done']);
    const after = await reread(store, row);
    assert.deepEqual([after.claimedBy, after.claimedUntil], ['webhook', NOW + MINUTE]);
    const next: Unit = { rows: [{ kind: 'write', row: { ...after, syncStatus: 'live' } }] };
    assert.deepEqual(await kinds([next], NOW + MINUTE - 1), ['conflict']);
    assert.deepEqual(await kinds([next], NOW + MINUTE), ['done']);
  });

  it('lets a look go past claims', async () => {
    const { store } = stores();
    const row = await storedRow(store, memberRow('ann'));
    await store.claimRows(LIST, [row], 'webhook', NOW, NOW + MINUTE);
    assert.deepEqual(await kinds([{ rows: [{ kind: 'write', row }], ignoreClaims: true }]), ['done']);
    assert.equal((await reread(store, row)).claimedBy, 'webhook');
  });

  it('releases the claimant’s claims with the unit, not another’s', async () => {
    const { store } = stores();
    const [ann, bob] = await stored(store, [memberRow('ann'), memberRow('bob')]);
    assert.ok(ann && bob);
    await store.claimRows(LIST, [ann, bob], 'webhook', NOW, NOW + MINUTE);
    await committed(store, { rows: [{ kind: 'write', row: ann }], claimant: 'webhook', release: true });
    assert.deepEqual((await store.rowsById(LIST, [ann.id, bob.id])).map(({ claimedBy }) => claimedBy), [null, 'webhook']);
  });

  it('changes updates only from a state expected', async () => {
    const { store } = stores();
    const [id] = await storedUpdates(store, [mailchimpUpdate()]);
    assert.ok(id !== undefined);
    const before = only(await store.updatesById([id]));
    const abort: Unit = { updates: [{ kind: 'write', id, from: ['planned', 'queued'], set: { state: 'aborted', endedAt: NOW + 1 } }], rows: [{ kind: 'insert', row: memberRow('ann') }] };
    assert.deepEqual(await kinds([abort, abort]), ['done', 'conflict']);
    assert.deepEqual(only(await store.updatesById([id])), { ...before, state: 'aborted', endedAt: NOW + 1 });
    assert.deepEqual(await kinds([{ updates: [{ kind: 'write', id: updateId(4711), from: ['aborted'], set: {} }] }]), ['conflict']);
  });

  it('sets what is given of an update, and nothing else', async () => {
    const { store } = stores();
    const [id] = await storedUpdates(store, [mailchimpUpdate()]);
    assert.ok(id !== undefined);
    const before = only(await store.updatesById([id]));
    const set = { state: 'failed', claims: true, sentAt: NOW, endedAt: NOW + 2, failReason: 'compliance', answer: 'Member In Compliance State', batch: 8, settledAs: NOW + 1 } as const;
    await committed(store, { updates: [{ kind: 'write', id, from: ['queued'], set }] });
    assert.deepEqual(only(await store.updatesById([id])), { ...before, ...set });
    await committed(store, { updates: [{ kind: 'write', id, from: ['failed'], set: { batch: null, failReason: null, claims: false } }] });
    assert.deepEqual(only(await store.updatesById([id])), { ...before, ...set, batch: null, failReason: null, claims: false });
  });

  it('moves the updates of a row that goes to the one that survives it', async () => {
    const { store } = stores();
    const [gone, kept] = await stored(store, [memberRow('gone'), memberRow('kept')]);
    assert.ok(gone && kept);
    const ids = await storedUpdates(store, [mailchimpUpdate({ rowId: gone.id }), mailchimpUpdate({ rowId: gone.id, state: 'done' })]);
    await committed(store, { rows: [{ kind: 'delete', id: gone.id, version: gone.version }], updates: [{ kind: 'move', fromRow: gone.id, toRow: kept.id }] });
    assert.deepEqual((await store.updatesById(ids)).map(({ rowId }) => rowId), [kept.id, kept.id]);
    await committed(store, { rows: [{ kind: 'delete', id: kept.id, version: kept.version }] });
    assert.deepEqual((await store.updatesById(ids)).map(({ rowId }) => rowId), [null, null]);
  });

  it('answers the ids of what it inserted, in order', async () => {
    const { store } = stores();
    const row = await storedRow(store, memberRow('ann'));
    const outcome = await committed(store, {
      rows: [{ kind: 'insert', row: memberRow('b') }, { kind: 'write', row }, { kind: 'insert', row: memberRow('c') }],
      updates: [{ kind: 'insert', update: mailchimpUpdate({ reason: 'first' }) }, { kind: 'insert', update: mailchimpUpdate({ reason: 'second' }) }],
    });
    assert.deepEqual((await store.rowsById(LIST, outcome.rows)).map(({ email }) => email), ['b@example.org', 'c@example.org']);
    assert.deepEqual((await store.updatesById(outcome.updates)).map(({ reason }) => reason), ['first', 'second']);
  });

  it('remembers contacts, by audience', async () => {
    const { store } = stores();
    const first: ContactMemory = { contactId: contactId(9), lookedAt: NOW, optOut: null, unexplained: { [groupId(111)]: { ...word(true, NOW), after: historyId(3) } } };
    const second: ContactMemory = { contactId: contactId(9), lookedAt: NOW + 1, optOut: { ...word(false, NOW), source: 'civicrm', merged: 2 }, unexplained: {} };
    await committed(store, { contacts: [first] });
    assert.deepEqual(await store.contactMemories(LIST, [contactId(9), contactId(10)]), [first]);
    await committed(store, { contacts: [second] });
    assert.deepEqual(await store.contactMemories(LIST, [contactId(9)]), [second]);
    assert.deepEqual(await store.contactMemories(OTHER_LIST, [contactId(9)]), []);
  });

  it('writes cursor and audience with the units', async () => {
    const { store, other } = stores();
    const audience: AudienceState = {
      listId: LIST, fetchedAt: NOW, fullyFetchedAt: NOW - 1, interests: [INTEREST], history: historyId(12), historyGaps: { 11: NOW }, modified: NOW - 2, trashLookedAt: NOW - 3,
    };
    assert.deepEqual(await store.audience(LIST), { listId: LIST, fetchedAt: null, fullyFetchedAt: null, interests: [], history: 0, historyGaps: {}, modified: null, trashLookedAt: null });
    const started = await store.startRun(runOf(), 'one', NOW, MINUTE);
    assert.equal(started.kind, 'started');
    await store.commit(LIST, [], { run: { id: RUN, cursor: { offset: 3000 } }, audience });
    assert.deepEqual(await other.audience(LIST), audience);
    assert.deepEqual((await other.run(RUN))?.cursor, { offset: 3000 });
    await store.commit(LIST, [], { audience: { ...audience, fetchedAt: NOW + 9 } });
    assert.deepEqual((await store.audience(LIST)).fetchedAt, NOW + 9);
  });
};
