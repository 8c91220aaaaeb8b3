import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { BY_ID, call, rows, site } from './site.ts';

describe('simulated CiviCRM: addresses', () => {
  it('lets one contact have one bulk-mail and one primary address: the newest', async () => {
    const { civi } = site();
    const id = civi.acts.createContact({ firstName: 'X', email: 'a@example.org' });
    await rows(civi, 'Email.create', { values: { contact_id: id, email: 'b@example.org', is_bulkmail: true } });
    await rows(civi, 'Email.create', { values: { contact_id: id, email: 'C@example.org', is_bulkmail: true, is_primary: true } });
    assert.deepEqual(
      (await rows(civi, 'Email.get', { select: ['email', 'is_primary', 'is_bulkmail'], where: [['contact_id', '=', id]], ...BY_ID })).map(({ email, is_primary, is_bulkmail }) => [email, is_primary, is_bulkmail]),
      [['a@example.org', false, false], ['b@example.org', false, false], ['c@example.org', true, true]],
    );
  });

  it('allows an address twice on a contact and on several contacts', async () => {
    const { civi } = site();
    const id = civi.acts.createContact({ firstName: 'X', email: 'family@example.org' });
    for (const contact of [id, 3]) await rows(civi, 'Email.create', { values: { contact_id: contact, email: 'family@example.org' } });
    assert.equal((await rows(civi, 'Email.get', { where: [['email', '=', 'family@example.org']] })).length, 3);
  });

  it('dates a hold, keeps the date while it lasts, and dates its end', async () => {
    const { civi, clock } = site();
    civi.acts.createContact({ firstName: 'X', email: 'x@example.org' });
    const hold = async (onHold: number): Promise<unknown> => (await rows(civi, 'Email.update', { where: [['id', '=', 1]], values: { on_hold: onHold } }))[0];
    const stored = async (): Promise<unknown> => (await rows(civi, 'Email.get', { select: ['on_hold', 'hold_date', 'reset_date'], where: [['id', '=', 1]] }))[0];
    assert.deepEqual(await hold(1), { id: 1, on_hold: 1, hold_date: '20261124120000', reset_date: 'null', custom: null, check_permissions: null });
    clock.advance(60_000);
    assert.deepEqual(await hold(1), { id: 1, on_hold: 1, custom: null, check_permissions: null });
    assert.deepEqual(await stored(), { id: 1, on_hold: 1, hold_date: '2026-11-24 12:00:00', reset_date: null });
    await hold(0);
    assert.deepEqual(await stored(), { id: 1, on_hold: 0, hold_date: null, reset_date: '2026-11-24 12:01:00' });
  });

  it('refuses an address without a contact, one of a missing contact, and an id that does not exist', async () => {
    const { civi } = site();
    const create = async (values: object): Promise<unknown> => {
      const answer = await call(civi, 'Email.create', { values: { email: 'x@example.org', ...values } });
      return [answer.status, answer.message];
    };
    assert.deepEqual(await create({}), [403, 'ACL check failed']);
    assert.deepEqual(await create({ contact_id: 99 }), [500, 'DB Error: constraint violation']);
    assert.equal((await call(civi, 'Email.update', { where: [['id', '=', 99]], values: { on_hold: 1 } })).message, 'ACL check failed');
  });

  it('matches by contact and address', async () => {
    const { civi } = site();
    const id = civi.acts.createContact({ firstName: 'X', email: 'x@example.org' });
    const answer = await call(civi, 'Email.save', { records: [{ contact_id: id, email: 'x@example.org', is_bulkmail: true }, { contact_id: id, email: 'y@example.org' }], match: ['contact_id', 'email'] });
    assert.deepEqual([answer.countMatched, answer.values.map((row) => row['id'])], [1, [1, 2]]);
  });

  it('answers a delete with the id as text, and makes another address primary', async () => {
    const { civi } = site();
    const id = civi.acts.createContact({ firstName: 'X', email: 'x@example.org' });
    const other = civi.acts.addEmail(id, 'y@example.org');
    assert.deepEqual((await call(civi, 'Email.delete', { where: [['id', '=', 1]] })).values, [{ id: '1' }]);
    assert.equal(civi.tables.email.get(other)?.is_primary, true);
  });
});
