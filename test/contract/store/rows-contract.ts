import assert from 'node:assert/strict';
import { contactId, emailAddress, listId, memberContactId, rowId } from '../../../src/base/ids.ts';
import type { NewRow, Row } from '../../../src/store/entities.ts';
import type { RowPage } from '../../../src/store/store.ts';
import { contactRow, LIST, memberRow, MINUTE, NOW, only, OTHER_LIST, reread, stored, storedRow, type Stores } from './samples.ts';

const withoutKeys = ({ id: _id, version: _version, claimedBy: _by, claimedUntil: _until, ...row }: Row): NewRow => row;

export const rowsContract = (stores: () => Stores): void => {
  it('gives back a row as it was stored', async () => {
    const { store, other } = stores();
    const rows = [memberRow('ann', { contactId: contactId(5) }), contactRow(6), memberRow('gone', { member: { status: null, lastChanged: NOW, timestampOpt: null, interests: {}, firstName: '', lastName: '' } })];
    const ids = (await stored(store, rows)).map(({ id }) => id);
    const found = await other.rowsById(LIST, ids);
    assert.deepEqual(found.map(withoutKeys), rows);
    assert.deepEqual(found.map(({ version, claimedBy, claimedUntil }) => [version, claimedBy, claimedUntil]), rows.map(() => [1, null, null]));
  });

  it('keeps text byte for byte', async () => {
    const { store } = stores();
    const awkward = `'; DROP TABLE mailchimpsync_cache; -- "\\u0000" \u{1F600} é e\u0301 `;
    const row = memberRow('awkward', { hookData: { [awkward]: awkward }, memory: { dataRefused: { [awkward]: { value: awkward, message: awkward } } } });
    const found = await storedRow(store, row);
    assert.deepEqual([found.hookData, found.memory], [row.hookData, row.memory]);
  });

  it('finds rows by address, contact and member, in their own audience only', async () => {
    const { store } = stores();
    const ann = await storedRow(store, memberRow('ann', { contactId: contactId(5) }));
    const bob = await storedRow(store, memberRow('bob', { contactId: contactId(5) }));
    await storedRow(store, memberRow('ann', { listId: OTHER_LIST, contactId: contactId(5) }));
    assert.deepEqual(await store.rowsByEmail(LIST, [emailAddress('ann@example.org'), emailAddress('nobody@example.org')]), [ann]);
    assert.deepEqual(await store.rowsByContact(LIST, [contactId(5), contactId(9)]), [ann, bob]);
    assert.deepEqual(await store.rowsByMember(LIST, [memberContactId('member bob')]), [bob]);
    assert.deepEqual(await store.rowsById(LIST, [bob.id, rowId(999_999)]), [bob]);
    assert.deepEqual(await store.rowsById(OTHER_LIST, [bob.id]), []);
    assert.deepEqual(await store.rowsByEmail(LIST, []), []);
  });

  it('compares addresses byte by byte', async () => {
    const { store } = stores();
    const alike = ['jose@example.org', 'josé@example.org', 'jose\u0301@example.org', 'jose@example.org '];
    await stored(store, alike.map((email, at) => memberRow(`m${at}`, { email: emailAddress(email) })));
    for (const email of alike) assert.equal(only(await store.rowsByEmail(LIST, [emailAddress(email)])).email, email);
  });

  it('finds many rows at once', async () => {
    const { store } = stores();
    const names = Array.from({ length: 2500 }, (_, at) => `p${at}`);
    await stored(store, names.map((name) => memberRow(name)));
    const found = await store.rowsByEmail(LIST, names.map((name) => emailAddress(`${name}@example.org`)));
    assert.equal(found.length, 2500);
  });

  it('finds the row of a former address, as long as the row remembers it', async () => {
    const { store } = stores();
    const old = emailAddress('old@example.org');
    const row = await storedRow(store, memberRow('new', { memory: { former: [{ email: old, until: NOW }] } }));
    await storedRow(store, memberRow('old', { listId: OTHER_LIST, memory: { former: [{ email: old, until: NOW }] } }));
    assert.deepEqual(await store.rowsByFormerEmail(LIST, old), [row]);
    await store.commit(LIST, [{ rows: [{ kind: 'write', row: { ...row, memory: {} } }] }]);
    assert.deepEqual(await store.rowsByFormerEmail(LIST, old), []);
  });

  it('pages through rows by id, each once', async () => {
    const { store } = stores();
    const rows = await stored(store, ['a', 'b', 'c', 'd', 'e'].map((name) => memberRow(name)));
    await storedRow(store, memberRow('f', { listId: OTHER_LIST }));
    const page = (after: Row | undefined): Promise<readonly Row[]> => store.rows({ listId: LIST, after: after?.id ?? null, limit: 2, where: { kind: 'all' } });
    const first = await page(undefined);
    const second = await page(first.at(-1));
    const third = await page(second.at(-1));
    assert.deepEqual([first.length, second.length, third.length], [2, 2, 1]);
    assert.deepEqual([...first, ...second, ...third], rows);
  });

  it('filters pages', async () => {
    const { store } = stores();
    const gone = { status: null, lastChanged: NOW, timestampOpt: null, interests: {}, firstName: '', lastName: '' };
    const kinds: Record<string, NewRow> = {
      both: memberRow('both', { contactId: contactId(1), syncStatus: 'ok' }),
      mailchimpOnly: memberRow('mailchimpOnly'),
      goneAlone: memberRow('goneAlone', { member: gone, syncStatus: 'fail', failReason: 'gone_at_mailchimp' }),
      contactOnly: contactRow(2),
      contactWithAddress: contactRow(3, { email: emailAddress('waiting@example.org'), syncStatus: 'live' }),
      addressAlone: contactRow(4, { contactId: null, email: emailAddress('left@example.org') }),
      nothing: contactRow(5, { contactId: null }),
    };
    const names = new Map<number, string>();
    for (const [name, row] of Object.entries(kinds)) names.set((await storedRow(store, row)).id, name);
    const filtered = async (where: RowPage['where']): Promise<unknown[]> => (await store.rows({ listId: LIST, after: null, limit: 100, where })).map(({ id }) => names.get(id));
    assert.deepEqual(await filtered({ kind: 'all' }), Object.keys(kinds));
    assert.deepEqual(await filtered({ kind: 'status', status: 'todo' }), ['mailchimpOnly', 'contactOnly', 'addressAlone', 'nothing']);
    assert.deepEqual(await filtered({ kind: 'status', status: 'redo' }), []);
    assert.deepEqual(await filtered({ kind: 'withoutContact' }), ['mailchimpOnly', 'goneAlone', 'addressAlone']);
    assert.deepEqual(await filtered({ kind: 'withContact' }), ['both', 'contactOnly', 'contactWithAddress']);
    assert.deepEqual(await filtered({ kind: 'contactOnly' }), ['contactOnly', 'contactWithAddress']);
    assert.deepEqual(await filtered({ kind: 'memberPresent' }), ['both', 'mailchimpOnly']);
    assert.deepEqual(await filtered({ kind: 'empty' }), ['addressAlone', 'nothing']);
  });

  it('counts who is subscribed at Mailchimp', async () => {
    const { store } = stores();
    const { member } = memberRow('a');
    assert.ok(member);
    await stored(store, [memberRow('a'), memberRow('b'), memberRow('c', { member: { ...member, status: 'unsubscribed' } }), memberRow('d', { member: { ...member, status: null } }), contactRow(1)]);
    assert.equal(await store.countSubscribed(LIST), 2);
    assert.equal(await store.countSubscribed(OTHER_LIST), 0);
  });

  it('counts rows by status and failures by reason', async () => {
    const { store } = stores();
    await stored(store, [
      memberRow('a'),
      memberRow('b', { syncStatus: 'fail', failReason: 'cleaned' }),
      memberRow('c', { syncStatus: 'fail', failReason: 'cleaned' }),
      memberRow('d', { syncStatus: 'fail', failReason: 'later' }),
    ]);
    assert.deepEqual(await store.countRows(LIST), { todo: 1, live: 0, ok: 0, redo: 0, fail: 3 });
    assert.deepEqual(await store.countFails(LIST), { cleaned: 2, later: 1 });
    assert.deepEqual(await store.countRows(listId('dddddddddd')), { todo: 0, live: 0, ok: 0, redo: 0, fail: 0 });
    assert.deepEqual(await store.countFails(OTHER_LIST), {});
  });

  const claim = (row: Row, claimant: string, now = NOW): Promise<readonly unknown[]> => stores().store.claimRows(LIST, [row], claimant, now, now + MINUTE);

  describe('claims on rows', () => {
    it('are one claimant’s until they run out, and may be renewed', async () => {
      const { store } = stores();
      const row = await storedRow(store, memberRow('ann'));
      assert.deepEqual(await claim(row, 'webhook'), [row.id]);
      assert.deepEqual(await claim(row, 'batch', NOW + MINUTE - 1), []);
      assert.deepEqual(await claim(row, 'webhook', NOW + 1), [row.id]);
      assert.deepEqual(await claim(row, 'batch', NOW + MINUTE), []);
      assert.deepEqual(await claim(row, 'batch', NOW + MINUTE + 1), [row.id]);
      assert.deepEqual({ ...(await reread(store, row)) }, { ...row, claimedBy: 'batch', claimedUntil: NOW + 2 * MINUTE + 1 });
    });

    it('are refused for another version, and leave the version as it is', async () => {
      const { store } = stores();
      const row = await storedRow(store, memberRow('ann'));
      assert.deepEqual(await claim({ ...row, version: row.version + 1 }, 'webhook'), []);
      assert.equal((await reread(store, row)).claimedBy, null);
      await claim(row, 'webhook');
      assert.equal((await reread(store, row)).version, row.version);
    });

    it('end when their claimant releases them', async () => {
      const { store } = stores();
      const [ann, bob] = await stored(store, [memberRow('ann'), memberRow('bob')]);
      assert.ok(ann && bob);
      await claim(ann, 'webhook');
      await claim(bob, 'batch');
      await store.releaseRows(LIST, 'webhook');
      assert.deepEqual((await store.rowsById(LIST, [ann.id, bob.id])).map(({ claimedBy, claimedUntil }) => [claimedBy, claimedUntil]), [[null, null], ['batch', NOW + MINUTE]]);
    });
  });
};
