import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { call, rows, site } from './site.ts';

describe('simulated CiviCRM: its saved state', () => {
  it('brings back every row, numbers given, keys, zone and open transactions, through JSON', async () => {
    const { civi } = site({ timezone: 'Europe/Paris' });
    const group = civi.acts.createGroup({ title: 'Newsletter' });
    const id = civi.acts.createContact({ firstName: 'Wilma <3', email: 'wilma@example.org' });
    civi.acts.addToGroup(id, group);
    civi.addKey('second', ['authenticate with api key', 'access CiviCRM', 'view all contacts']);
    const transaction = civi.acts.begin(1, group, 'Added');
    const gone = civi.acts.createContact({ firstName: 'Gone' });
    civi.acts.deletePermanently(gone);
    const saved = JSON.stringify(civi.save());

    const { civi: again } = site();
    again.load(JSON.parse(saved));
    assert.equal(JSON.stringify(again.save()), saved);
    assert.deepEqual(await rows(again, 'Contact.get', { select: ['first_name'], where: [['email_primary.email', '=', 'WILMA@example.org']] }, 'second'), [{ id, first_name: 'Wilma <3' }]);
    assert.equal(again.acts.createContact({ firstName: 'New' }), gone + 1);
    again.acts.commit(transaction);
    assert.equal(again.tables.subscriptionHistory.get(transaction)?.contact_id, 1);
  });

  it('lets the key of the options replace the saved first one', async () => {
    const { civi } = site({ apiKey: 'old' });
    const { civi: again } = site();
    again.load(civi.save());
    assert.equal((await call(again, 'Contact.get', { where: [['id', '=', 'user_contact_id']] })).count, 1);
  });

  it('refuses what is not a saved state, and keeps what it has', () => {
    const { civi } = site();
    const saved = { format: 2, timezone: 'UTC', skew: 0, keys: [], transactions: [], smartGroups: { timeout: 5, locked: [] }, tables: {} };
    for (const state of [null, {}, { ...saved, format: 1 }, { ...saved, smartGroups: undefined }, { ...saved, tables: { contact: [] } }]) assert.throws(() => civi.load(state), RangeError);
    assert.equal(civi.tables.contact.size, 3);
  });
});
