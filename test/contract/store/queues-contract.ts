import assert from 'node:assert/strict';
import { batchId, contactId, emailAddress } from '../../../src/base/ids.ts';
import type { BatchRecord, InboxEntry } from '../../../src/store/entities.ts';
import { civicrmUpdate, LIST, mailchimpUpdate, MINUTE, NOW, only, OTHER_LIST, storedUpdates, type Stores } from './samples.ts';

export const batchesContract = (stores: () => Stores): void => {
  const BATCH = { account: 'main', listId: LIST, createdAt: NOW };

  it('are recorded with the queued updates that they take', async () => {
    const { store, other } = stores();
    const ids = await storedUpdates(store, [mailchimpUpdate(), mailchimpUpdate({ state: 'superseded' }), mailchimpUpdate(), civicrmUpdate({ state: 'queued' })]);
    const opened = await store.openBatch(BATCH, ids);
    assert.deepEqual(opened.updates, [ids[0], ids[2]]);
    const record: BatchRecord = { ...BATCH, id: opened.id, batchId: null, state: 'sending', operations: 2, progressAt: NOW, finishedOperations: 0, claimedBy: null, claimedUntil: null };
    assert.deepEqual(await other.batchesInState(['sending']), [record]);
    const taken = await store.updatesOfBatch(opened.id);
    assert.deepEqual(taken.map(({ id, state, sentAt }) => [id, state, sentAt]), opened.updates.map((id) => [id, 'sending', NOW]));
    assert.deepEqual((await store.openBatch(BATCH, ids)).updates, []);
    assert.equal((await store.batchesInState(['sending', 'submitted'])).length, 1, 'a batch of nothing waits for nothing');
  });

  it('take their updates along when they are submitted', async () => {
    const { store } = stores();
    const ids = await storedUpdates(store, [mailchimpUpdate(), mailchimpUpdate()]);
    const { id } = await store.openBatch(BATCH, ids);
    const [first] = ids;
    assert.ok(first !== undefined);
    await store.commit(LIST, [{ updates: [{ kind: 'write', id: first, from: ['sending'], set: { state: 'superseded', claims: true } }] }]);
    await store.writeBatch(id, { batchId: batchId('abc'), state: 'submitted' });
    assert.deepEqual((await store.updatesOfBatch(id)).map(({ state }) => state), ['superseded', 'submitted']);
    assert.deepEqual((await store.batchByBatchId(batchId('abc')))?.id, id);
    assert.equal(await store.batchByBatchId(batchId('unknown')), null);
  });

  it('are written in part', async () => {
    const { store } = stores();
    const { id } = await store.openBatch(BATCH, await storedUpdates(store, [mailchimpUpdate()]));
    await store.writeBatch(id, { batchId: batchId('abc'), state: 'submitted', progressAt: NOW + 5, finishedOperations: 1 });
    await store.writeBatch(id, { state: 'settled' });
    const record = await store.batchByBatchId(batchId('abc'));
    assert.deepEqual([record?.state, record?.progressAt, record?.finishedOperations], ['settled', NOW + 5, 1]);
  });

  it('are found by state and account, oldest first', async () => {
    const { store } = stores();
    const made: number[] = [];
    for (const account of ['main', 'second', 'main']) made.push((await store.openBatch({ ...BATCH, account }, await storedUpdates(store, [mailchimpUpdate()]))).id);
    const [first, second, third] = made;
    assert.ok(first !== undefined && second !== undefined);
    await store.writeBatch(first, { state: 'given_up' });
    const found = async (...query: Parameters<typeof store.batchesInState>): Promise<number[]> => (await store.batchesInState(...query)).map(({ id }) => id);
    assert.deepEqual(await found(['sending', 'given_up']), made);
    assert.deepEqual(await found(['sending'], 'main'), [third]);
    assert.deepEqual(await found(['settled']), []);
  });

  it('are claimed by one at a time', async () => {
    const { store, other } = stores();
    const { id } = await store.openBatch(BATCH, await storedUpdates(store, [mailchimpUpdate()]));
    assert.equal(await store.claimBatch(id, 'one', NOW, NOW + MINUTE), true);
    assert.equal(await other.claimBatch(id, 'two', NOW + 1, NOW + MINUTE), false);
    assert.equal(await store.claimBatch(id, 'one', NOW + 1, NOW + MINUTE), true);
    await other.releaseBatch(id, 'two');
    assert.equal(only(await store.batchesInState(['sending'])).claimedBy, 'one');
    assert.equal(await other.claimBatch(id, 'two', NOW + MINUTE, NOW + 2 * MINUTE), true);
    await other.releaseBatch(id, 'two');
    assert.equal(await store.claimBatch(id, 'one', NOW + MINUTE, NOW + 2 * MINUTE), true);
    assert.equal(await store.claimBatch(4711, 'one', NOW, NOW + MINUTE), false);
  });

  it('are claimed from the beginning by whoever opens them with a claim', async () => {
    const { store, other } = stores();
    const { id } = await store.openBatch({ ...BATCH, claimedBy: 'one', claimedUntil: NOW + MINUTE }, await storedUpdates(store, [mailchimpUpdate()]));
    assert.deepEqual(((batch) => [batch.claimedBy, batch.claimedUntil])(only(await store.batchesInState(['sending']))), ['one', NOW + MINUTE]);
    assert.equal(await other.claimBatch(id, 'two', NOW + 1, NOW + MINUTE), false);
    await store.releaseBatch(id, 'one');
    assert.equal(await other.claimBatch(id, 'two', NOW + 1, NOW + MINUTE), true);
  });
};

const hook = (key: string, firedAt: number, listId = LIST): Omit<InboxEntry, 'id' | 'handledAt' | 'attempts'> => ({
  listId, type: 'unsubscribe', firedAt, key, email: emailAddress('ann@example.org'), payload: { data: { action: 'unsub' } }, receivedAt: NOW,
});

export const inboxContract = (stores: () => Stores): void => {
  it('stores a webhook once', async () => {
    const { store, other } = stores();
    assert.equal(await store.receive(hook('a', NOW)), true);
    assert.equal(await other.receive({ ...hook('a', NOW), receivedAt: NOW + 9 }), false);
    assert.equal(await store.receive(hook('a', NOW, OTHER_LIST)), true);
    const { id, ...entry } = only(await store.unhandled(LIST, 9));
    assert.deepEqual(entry, { ...hook('a', NOW), handledAt: null, attempts: 0 });
    assert.ok(id > 0);
  });

  it('gives what is unhandled in the order it was fired, and no more than asked for', async () => {
    const { store } = stores();
    for (const [key, firedAt] of [['c', NOW + 2], ['a', NOW], ['b', NOW + 1], ['b2', NOW + 1]] as const) await store.receive(hook(key, firedAt));
    const keys = async (limit: number): Promise<string[]> => (await store.unhandled(LIST, limit)).map(({ key }) => key);
    assert.deepEqual(await keys(9), ['a', 'b', 'b2', 'c']);
    assert.deepEqual(await keys(2), ['a', 'b']);
    assert.deepEqual([await store.countUnhandled(LIST), await store.countUnhandled(OTHER_LIST)], [4, 0]);
  });

  it('keeps an entry until it is handled, and counts the attempts', async () => {
    const { store } = stores();
    await store.receive(hook('a', NOW));
    const { id } = only(await store.unhandled(LIST, 9));
    await store.settleInbox(id, null);
    assert.equal(only(await store.unhandled(LIST, 9)).attempts, 1);
    await store.settleInbox(id, NOW);
    assert.deepEqual([await store.unhandled(LIST, 9), await store.countUnhandled(LIST)], [[], 0]);
    assert.equal(await store.receive(hook('a', NOW)), false, 'a handled webhook that comes again is known');
  });

  it('finds the newest webhooks of addresses, handled or not, newest first', async () => {
    const { store, other } = stores();
    const BOB = emailAddress('bob@example.org');
    for (const [key, firedAt] of [['b', NOW + 1], ['c', NOW + 2], ['a', NOW]] as const) await store.receive(hook(key, firedAt));
    await store.receive({ ...hook('bob', NOW + 3), email: BOB });
    await store.receive({ ...hook('nobody', NOW + 4), email: null });
    await store.receive(hook('elsewhere', NOW + 5, OTHER_LIST));
    await store.settleInbox((await store.unhandled(LIST, 1))[0]!.id, NOW + 9);
    const found = async (emails: Parameters<typeof store.inboxOf>[1], limit: number): Promise<string[]> => (await other.inboxOf(LIST, emails, limit)).map(({ key }) => key);
    const ANN = emailAddress('ann@example.org');
    assert.deepEqual(await found([ANN], 9), ['c', 'b', 'a']);
    assert.deepEqual(await found([ANN, BOB], 2), ['bob', 'c']);
    assert.deepEqual(await found([], 9), []);
    assert.equal((await store.inboxOf(LIST, [ANN], 9)).at(-1)?.handledAt, NOW + 9);
  });

  it('forgets what was handled before a time, of one audience', async () => {
    const { store } = stores();
    for (const key of ['old', 'new', 'waiting']) await store.receive(hook(key, NOW));
    await store.receive(hook('old', NOW, OTHER_LIST));
    const [old, recent] = await store.unhandled(LIST, 2);
    await store.settleInbox(old!.id, NOW);
    await store.settleInbox(recent!.id, NOW + 1);
    await store.settleInbox(only(await store.unhandled(OTHER_LIST, 9)).id, NOW);
    await store.forgetHandled(LIST, NOW + 1);
    assert.equal(await store.countUnhandled(LIST), 1);
    assert.deepEqual(await Promise.all([store.receive(hook('old', NOW)), store.receive(hook('new', NOW)), store.receive(hook('old', NOW, OTHER_LIST))]), [true, false, false]);
  });
};

export const creationClaimsContract = (stores: () => Stores): void => {
  const ANN = emailAddress('ann@example.org');
  const BOB = emailAddress('bob@example.org');
  const SITE = 'https://crm.example.org';

  it('belong to the first who asks', async () => {
    const { store, other } = stores();
    const mine = { site: SITE, email: ANN, claimedBy: 'one', claimedAt: NOW, contactId: null };
    assert.deepEqual(await store.claimCreation(SITE, [ANN], 'one', NOW, NOW - MINUTE), [mine]);
    assert.deepEqual(await other.claimCreation(SITE, [ANN, BOB], 'two', NOW + 1, NOW - MINUTE), [mine, { ...mine, email: BOB, claimedBy: 'two', claimedAt: NOW + 1 }]);
    assert.equal(only(await store.claimCreation('https://other.example.org', [ANN], 'two', NOW, NOW - MINUTE)).claimedBy, 'two');
  });

  it('that a crash left are taken over, with what is known of them', async () => {
    const { store } = stores();
    await store.claimCreation(SITE, [ANN, BOB], 'dead', NOW, NOW - MINUTE);
    await store.settleCreation(SITE, [{ email: BOB, contactId: contactId(12) }]);
    assert.equal(only(await store.claimCreation(SITE, [ANN], 'one', NOW + MINUTE, NOW)).claimedBy, 'dead');
    const after = await store.claimCreation(SITE, [ANN, BOB], 'one', NOW + MINUTE, NOW + 1);
    assert.deepEqual(after.map(({ claimedBy, claimedAt, contactId: made }) => [claimedBy, claimedAt, made]), [['one', NOW + MINUTE, null], ['one', NOW + MINUTE, 12]]);
  });

  it('of a claimant that is known to be gone are taken over at once, and nobody else\'s', async () => {
    const { store } = stores();
    await store.claimCreation(SITE, [ANN], 'dead', NOW, NOW - MINUTE);
    await store.claimCreation(SITE, [BOB], 'living', NOW, NOW - MINUTE);
    const after = await store.claimCreation(SITE, [ANN, BOB], 'one', NOW + 1, NOW - MINUTE, ['dead', 'other']);
    assert.deepEqual(after.map(({ claimedBy, claimedAt }) => [claimedBy, claimedAt]), [['one', NOW + 1], ['living', NOW]]);
    const late = await store.claimCreation(SITE, [ANN], 'two', NOW + 2, NOW - MINUTE, ['dead']);
    assert.equal(only(late).claimedBy, 'one', 'somebody else was first');
  });

  it('are told for a whole site', async () => {
    const { store, other } = stores();
    await store.claimCreation(SITE, [BOB, ANN], 'one', NOW, NOW - MINUTE);
    await store.claimCreation('https://other.example.org', [ANN], 'two', NOW, NOW - MINUTE);
    assert.deepEqual((await other.creationClaims(SITE)).map(({ email, claimedBy }) => [email, claimedBy]), [[ANN, 'one'], [BOB, 'one']]);
    await store.settleCreation(SITE, [{ email: ANN, contactId: null }]);
    assert.deepEqual((await other.creationClaims(SITE)).map(({ email }) => email), [BOB]);
  });

  it('get their contact, or are given back', async () => {
    const { store } = stores();
    await store.claimCreation(SITE, [ANN, BOB], 'one', NOW, NOW - MINUTE);
    await store.settleCreation(SITE, [{ email: ANN, contactId: contactId(12) }, { email: BOB, contactId: null }]);
    const after = await store.claimCreation(SITE, [ANN, BOB], 'two', NOW + 1, NOW - MINUTE);
    assert.deepEqual(after.map(({ claimedBy, contactId: made }) => [claimedBy, made]), [['one', 12], ['two', null]]);
  });
};
