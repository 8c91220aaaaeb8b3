import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { call, rows, site } from './site.ts';

describe('simulated CiviCRM: writing contacts', () => {
  it('makes a contact with its primary address, in lower case and unchecked', async () => {
    const { civi } = site();
    const [reply] = await rows(civi, 'Contact.create', { values: { first_name: 'Fred', last_name: 'Flintstone', 'email_primary.email': 'Fred@Example.ORG' } });
    assert.deepEqual([reply?.['contact_type'], reply?.['display_name'], reply?.['sort_name'], reply?.['email_primary.email']], ['Individual', 'Fred Flintstone', 'Flintstone, Fred', 'fred@example.org']);
    const [email] = await rows(civi, 'Email.get', { select: ['email', 'is_primary', 'location_type_id:name'], where: [['contact_id', '=', reply?.['id']]] });
    assert.deepEqual(email, { id: 1, email: 'fred@example.org', is_primary: true, 'location_type_id:name': 'Home' });
    assert.equal((await call(civi, 'Contact.create', { values: { 'email_primary.email': 'not an address' } })).status, 200);
  });

  it('makes no check for duplicates', async () => {
    const { civi } = site();
    const values = { first_name: 'Wilma', 'email_primary.email': 'wilma@example.org' };
    await rows(civi, 'Contact.create', { values });
    await rows(civi, 'Contact.create', { values });
    assert.equal((await rows(civi, 'Contact.get', { where: [['email_primary.email', '=', 'wilma@example.org']] })).length, 2);
  });

  it('shows a contact without a name by its address', async () => {
    const { civi } = site();
    const [reply] = await rows(civi, 'Contact.create', { values: { 'email_primary.email': 'nameless@example.org' } });
    assert.equal('display_name' in (reply ?? {}), false);
    assert.equal((await rows(civi, 'Contact.get', { select: ['display_name'], where: [['id', '=', reply?.['id']]] }))[0]?.['display_name'], 'nameless@example.org');
  });

  it('cuts text that is too long, without an error', async () => {
    const { civi } = site();
    const [reply] = await rows(civi, 'Contact.create', { values: { first_name: 'L'.repeat(80), source: 's'.repeat(300), 'email_primary.email': `${'a'.repeat(250)}@example.org` } });
    const [row] = await rows(civi, 'Contact.get', { select: ['first_name', 'source', 'display_name', 'email_primary.email'], where: [['id', '=', reply?.['id']]] });
    assert.equal(row?.['first_name'], `${'L'.repeat(61)}...`);
    assert.equal(row['source'], `${'s'.repeat(252)}...`);
    assert.equal(row['display_name'], 'L'.repeat(80));
    assert.equal(row['email_primary.email'], `${'a'.repeat(250)}@...`);
  });

  it('stores < and > encoded, nothing else, and gives back what was sent', async () => {
    const { civi } = site();
    const name = 'Rock <b>& "Roll"</b>';
    const [reply] = await rows(civi, 'Contact.create', { values: { first_name: name } });
    const id = Number(reply?.['id']);
    assert.equal(civi.tables.contact.get(id)?.first_name, 'Rock &lt;b&gt;& "Roll"&lt;/b&gt;');
    assert.equal((await rows(civi, 'Contact.get', { select: ['first_name'], where: [['first_name', '=', name]] }))[0]?.['first_name'], name);
  });

  it('ignores unknown fields and echoes them as null; stores "" as null, "true" as false, and an unreadable date as 1970', async () => {
    const { civi } = site();
    const [reply] = await rows(civi, 'Contact.create', { values: { first_name: 'X', nick_name: '', no_such_field: 'x', do_not_phone: '1', do_not_sms: 'true', birth_date: '31/02/1960' } });
    assert.equal(reply?.['no_such_field'], null);
    const [row] = await rows(civi, 'Contact.get', { select: ['nick_name', 'do_not_phone', 'do_not_sms', 'birth_date'], where: [['id', '=', reply?.['id']]] });
    assert.deepEqual(row, { id: reply?.['id'], nick_name: null, do_not_phone: true, do_not_sms: false, birth_date: '1970-01-01' });
  });

  it('answers an update with the old greetings and the new names', async () => {
    const { civi } = site();
    const id = civi.acts.createContact({ firstName: 'Betty', lastName: 'Rubble' });
    const [reply] = await rows(civi, 'Contact.update', { where: [['id', '=', id]], values: { first_name: 'Elizabeth' } });
    assert.deepEqual([reply?.['display_name'], reply?.['email_greeting_display']], ['Elizabeth Rubble', 'Dear Betty']);
    assert.equal((await rows(civi, 'Contact.get', { select: ['email_greeting_display'], where: [['id', '=', id]] }))[0]?.['email_greeting_display'], 'Dear Elizabeth');
  });

  it('refuses an update of an id that does not exist, but not one by IN or with more conditions', async () => {
    const { civi } = site();
    const values = { first_name: 'X' };
    const missing = await call(civi, 'Contact.update', { where: [['id', '=', 99]], values });
    assert.deepEqual([missing.status, missing.message], [500, 'Expected one Contact but found 0']);
    assert.deepEqual((await call(civi, 'Contact.update', { where: [['id', 'IN', [99]]], values })).values, []);
    assert.deepEqual((await call(civi, 'Contact.update', { where: [['id', '=', 3], ['is_deleted', '=', true]], values })).values, []);
  });

  it('saves by match: one match is updated, none or several make another', async () => {
    const { civi } = site();
    const match = ['first_name', 'last_name'];
    const save = async (last: string): Promise<{ id: unknown; matched: unknown }> => {
      const answer = await call(civi, 'Contact.save', { records: [{ first_name: 'A', last_name: last, nick_name: 'n' }], match });
      return { id: answer.values[0]?.['id'], matched: answer.countMatched };
    };
    const first = await save('B');
    assert.deepEqual(await save('B'), { id: first.id, matched: 1 });
    civi.acts.createContact({ firstName: 'A', lastName: 'B' });
    const third = await save('B');
    assert.equal(third.matched, 0);
    assert.notEqual(third.id, first.id);
  });

  it('changes the primary address in place by email_primary.email', async () => {
    const { civi } = site();
    const id = civi.acts.createContact({ firstName: 'X', email: 'old@example.org' });
    await rows(civi, 'Contact.update', { where: [['id', '=', id]], values: { 'email_primary.email': 'new@example.org' } });
    assert.deepEqual(civi.tables.email.find('contact_id', id).map((email) => [email.id, email.email]), [[1, 'new@example.org']]);
  });

  it('keeps external_identifier unique', async () => {
    const { civi } = site();
    await rows(civi, 'Contact.create', { values: { first_name: 'A', external_identifier: 'mc-1' } });
    assert.equal((await call(civi, 'Contact.create', { values: { first_name: 'B', external_identifier: 'mc-1' } })).message, 'DB Error: already exists');
  });

  it('moves modified_date with the contact and its addresses, not with groups or tags, nor when nothing changes', async () => {
    const { civi, clock } = site();
    const id = civi.acts.createContact({ firstName: 'X', email: 'x@example.org' });
    const group = civi.acts.createGroup({ title: 'Newsletter' });
    const tag = civi.acts.createTag('VIP');
    const moves = async (act: () => unknown): Promise<boolean> => {
      clock.advance(10_000);
      await act();
      return civi.tables.contact.get(id)?.modified_date === clock.now();
    };
    const update = (values: object) => (): Promise<unknown> => rows(civi, 'Contact.update', { where: [['id', '=', id]], values });
    assert.equal(await moves(update({ nick_name: 'N' })), true);
    assert.equal(await moves(update({ nick_name: 'N' })), false);
    assert.equal(await moves(() => rows(civi, 'Email.update', { where: [['contact_id', '=', id]], values: { on_hold: 1 } })), true);
    assert.equal(await moves(() => civi.acts.addEmail(id, 'y@example.org')), true);
    assert.equal(await moves(() => rows(civi, 'GroupContact.create', { values: { contact_id: id, group_id: group } })), false);
    assert.equal(await moves(() => civi.acts.tag(id, tag)), false);
  });
});
