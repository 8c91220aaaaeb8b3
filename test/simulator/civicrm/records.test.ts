import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { SYNC_PERMISSIONS } from '../../../src/simulator/civicrm/keys.ts';
import { CivicrmSimulator } from '../../../src/simulator/civicrm/simulator.ts';
import { SimulatorClock } from '../../../src/simulator/clock.ts';
import { BY_ID, call, everything, KEY, rows, seeded, site } from './site.ts';

const FULL = [...SYNC_PERMISSIONS, 'access all custom data', 'access CiviMember', 'access CiviContribute'] as const;

/** Fred, whose role may see everything of him. */
function fred(): { readonly civi: CivicrmSimulator; readonly id: number } {
  const { civi } = site({ permissions: FULL });
  const id = civi.acts.createContact({ firstName: 'Fred', lastName: 'Flintstone', email: 'fred@example.org' });
  return { civi, id };
}

const profile = (civi: CivicrmSimulator): void => {
  civi.records.createCustomField({ group: 'Bedrock_Profile', name: 'Favourite_Dinosaur' });
  civi.records.createCustomField({ group: 'Bedrock_Profile', name: 'Quarry_Shift', options: { day: 'Day shift', night: 'Night shift' } });
  civi.records.createCustomField({ group: 'Bedrock_Profile', name: 'Joined_Lodge', type: 'date' });
  civi.records.createCustomField({ group: 'Bedrock_Profile', name: 'Owns_Car', type: 'boolean' });
  civi.records.createCustomField({ group: 'Bedrock_Profile', name: 'Hobbies', type: 'packed list', options: { bowling: 'Bowling', drums: 'Drums' } });
};

const CUSTOM = ['Favourite_Dinosaur', 'Quarry_Shift', 'Quarry_Shift:label', 'Joined_Lodge', 'Owns_Car', 'Hobbies', 'Hobbies:label'].map((name) => `Bedrock_Profile.${name}`);
const modified = (civi: CivicrmSimulator, id: number): number | null | undefined => civi.tables.contact.get(id)?.modified_date;

describe('simulated CiviCRM: what belongs to a contact', () => {
  it('joins the primary phone and address, with the country and the state by name, label and abbreviation', async () => {
    const { civi, id } = fred();
    const select = ['phone_primary.phone', 'address_primary.street_address', 'address_primary.city', 'address_primary.postal_code', 'address_primary.country_id:label', 'address_primary.country_id.iso_code', 'address_primary.state_province_id:abbr'];
    const empty = Object.fromEntries(select.map((name) => [name, null]));
    assert.deepEqual(await rows(civi, 'Contact.get', { select, where: [['id', '=', id]] }), [{ id, ...empty }]);
    civi.records.setPhone(id, '555-0101');
    civi.records.setAddress(id, { street: '303 Cobblestone Way', city: 'Bedrock', state: 'GA', postalCode: '70777', country: 'US' });
    assert.deepEqual(await rows(civi, 'Contact.get', { select, where: [['id', '=', id]] }), [
      {
        id,
        'phone_primary.phone': '555-0101',
        'address_primary.street_address': '303 Cobblestone Way',
        'address_primary.city': 'Bedrock',
        'address_primary.postal_code': '70777',
        'address_primary.country_id:label': 'United States',
        'address_primary.country_id.iso_code': 'US',
        'address_primary.state_province_id:abbr': 'GA',
      },
    ]);
    assert.equal((await rows(civi, 'Phone.get', { select: ['phone', 'is_primary'], where: [['contact_id', '=', id]] })).length, 1);
    civi.records.setAddress(id, null);
    assert.deepEqual(await rows(civi, 'Contact.get', { select: ['address_primary'], where: [['id', '=', id]] }), [{ id, address_primary: null }]);
  });

  it('reads custom fields by group and name, null without a value, several as a list, options by their label', async () => {
    const { civi, id } = fred();
    profile(civi);
    const read = (): Promise<readonly Readonly<Record<string, unknown>>[]> => rows(civi, 'Contact.get', { select: CUSTOM, where: [['id', '=', id]] });
    assert.deepEqual(await read(), [{ id, ...Object.fromEntries(CUSTOM.map((name) => [name, null])) }]);
    civi.records.setCustomField(id, 'Bedrock_Profile.Favourite_Dinosaur', 'Dino <the> dinosaur');
    civi.records.setCustomField(id, 'Bedrock_Profile.Quarry_Shift', 'day');
    civi.records.setCustomField(id, 'Bedrock_Profile.Joined_Lodge', '1994-05-27');
    civi.records.setCustomField(id, 'Bedrock_Profile.Owns_Car', true);
    civi.records.setCustomField(id, 'Bedrock_Profile.Hobbies', ['bowling', 'drums']);
    assert.deepEqual(Object.values((await read())[0] ?? {}), [id, 'Dino <the> dinosaur', 'day', 'Day shift', '1994-05-27', true, ['bowling', 'drums'], ['Bowling', 'Drums']]);
    assert.equal([...civi.tables.customValue.all()][0]?.value, 'Dino &lt;the&gt; dinosaur');
    assert.deepEqual(Object.keys((await rows(civi, 'Contact.get', { select: ['custom.*'], where: [['id', '=', id]] }))[0] ?? {}).length, 6);
    assert.deepEqual(await rows(civi, 'Contact.get', { select: ['id'], where: [['Bedrock_Profile.Quarry_Shift', '=', 'day']] }), [{ id }]);
    assert.deepEqual(await rows(civi, 'Email.get', { select: ['contact_id.Bedrock_Profile.Quarry_Shift'], where: [['contact_id', '=', id]] }), [{ id: 1, 'contact_id.Bedrock_Profile.Quarry_Shift': 'day' }]);
    civi.records.setCustomField(id, 'Bedrock_Profile.Quarry_Shift', 'midnight');
    assert.deepEqual(await rows(civi, 'Contact.get', { select: ['Bedrock_Profile.Quarry_Shift', 'Bedrock_Profile.Quarry_Shift:label'], where: [['id', '=', id]] }), [{ id, 'Bedrock_Profile.Quarry_Shift': 'midnight', 'Bedrock_Profile.Quarry_Shift:label': null }]);
  });

  it('hides custom fields from a role without "access all custom data": dropped from select, invalid in where, ignored in a write', async () => {
    const { civi, id } = fred();
    profile(civi);
    civi.setPermissions(KEY, SYNC_PERMISSIONS);
    assert.deepEqual(await rows(civi, 'Contact.get', { select: CUSTOM, where: [['id', '=', id]] }), [{ id }]);
    assert.equal((await call(civi, 'Contact.get', { where: [['Bedrock_Profile.Quarry_Shift', '=', 'day']] })).message, "Invalid field 'Bedrock_Profile.Quarry_Shift'");
    assert.equal((await call(civi, 'Contact.update', { where: [['id', '=', id]], values: { 'Bedrock_Profile.Quarry_Shift': 'day' } })).status, 200);
    assert.equal(civi.tables.customValue.size, 0);
  });

  it('gives the last end date by contact, without tests, and no row for contacts with none', async () => {
    const { civi, id } = fred();
    const other = civi.acts.createContact({ firstName: 'Wilma' });
    civi.records.addMembership(id, { endDate: '2026-02-28', status: 'Expired', joinDate: '2025-03-01' });
    civi.records.addMembership(id, { endDate: '2027-02-28', joinDate: '2026-03-01' });
    civi.records.addMembership(id, { endDate: '2099-02-28', isTest: true });
    const last = { select: ['contact_id', 'MAX(end_date) AS last_end_date', 'MIN(join_date) AS member_since', 'COUNT(id) AS n'], where: [['contact_id', 'IN', [id, other]]], groupBy: ['contact_id'], orderBy: { contact_id: 'ASC' } };
    assert.deepEqual(await rows(civi, 'Membership.get', last), [{ contact_id: id, last_end_date: '2027-02-28', member_since: '2025-03-01', n: 2 }]);
    const current = { select: ['contact_id', 'MAX(end_date) AS last_end_date'], where: [['status_id.is_current_member', '=', true]], groupBy: ['contact_id'] };
    assert.deepEqual(await rows(civi, 'Membership.get', current), [{ contact_id: id, last_end_date: '2027-02-28' }]);
    assert.deepEqual((await rows(civi, 'Membership.get', { select: ['status_id:name', 'is_test'], where: [['is_test', 'IN', [true, false]]], ...BY_ID })).map(({ is_test: test }) => test), [false, false, true]);
    assert.equal((await call(civi, 'Membership.get', { select: ['contact_id', 'MAX(end_date) AS end_date'], groupBy: ['contact_id'] })).message, 'Cannot use existing field name as alias');
  });

  it('gives the last contribution and the sum, in the site’s own time, of what is completed', async () => {
    const { civi, id } = fred();
    civi.records.addContribution(id, { amount: 12.5, received: '2026-01-05 10:00:00' });
    civi.records.addContribution(id, { amount: 40, received: '2026-10-30 09:30:00' });
    civi.records.addContribution(id, { amount: 99, received: '2026-11-01 09:30:00', status: 'Pending' });
    const where = [['contact_id', 'IN', [id]], ['contribution_status_id:name', '=', 'Completed'], ['is_test', '=', false]];
    const select = ['contact_id', 'MAX(receive_date) AS last_donation', 'SUM(total_amount) AS total', 'COUNT(id) AS n'];
    assert.deepEqual(await rows(civi, 'Contribution.get', { select, where, groupBy: ['contact_id'], orderBy: { contact_id: 'ASC' } }), [{ contact_id: id, last_donation: '2026-10-30 09:30:00', total: 52.5, n: 2 }]);
  });

  it('refuses memberships and contributions to a role without their permission', async () => {
    const { civi } = site();
    for (const entity of ['Membership', 'Contribution'])
      assert.deepEqual([(await call(civi, `${entity}.get`)).status, (await call(civi, `${entity}.get`)).message], [403, `Authorization failed: CiviCRM APIv4 (${entity}::get)`]);
  });

  it('moves modified_date with phones, addresses and custom fields, not with memberships and contributions', () => {
    const { civi, clock } = site();
    const id = civi.acts.createContact({ firstName: 'Fred' });
    profile(civi);
    const moves = (act: () => void): boolean => {
      const before = modified(civi, id);
      clock.advance(60_000);
      act();
      return modified(civi, id) !== before;
    };
    assert.deepEqual(
      [
        moves(() => civi.records.setPhone(id, '1')),
        moves(() => civi.records.setAddress(id, { city: 'Bedrock' })),
        moves(() => civi.records.setCustomField(id, 'Bedrock_Profile.Owns_Car', false)),
        moves(() => civi.records.addMembership(id, { endDate: null })),
        moves(() => civi.records.addContribution(id, { amount: 1 })),
      ],
      [true, true, true, false, false],
    );
  });

  it('goes with a contact that is deleted for good, and over to the one that a merge keeps', () => {
    const { civi, id } = fred();
    const other = civi.acts.createContact({ firstName: 'Fred' });
    civi.records.addMembership(other, { endDate: '2027-01-31' });
    civi.records.setPhone(other, '1');
    civi.acts.merge(id, other);
    assert.deepEqual([civi.tables.membership.find('contact_id', id).length, civi.tables.phone.find('contact_id', id).length], [1, 1]);
    civi.acts.deletePermanently(id);
    assert.deepEqual([civi.tables.membership.size, civi.tables.phone.size], [0, 0]);
  });

  it('is kept over a restart', async () => {
    const { civi, id } = fred();
    profile(civi);
    civi.records.setCustomField(id, 'Bedrock_Profile.Hobbies', ['drums']);
    civi.records.setAddress(id, { city: 'Bedrock', country: 'US' });
    const clock = new SimulatorClock();
    const again = new CivicrmSimulator({ clock, random: seeded(), apiKey: KEY });
    again.load(JSON.parse(JSON.stringify(civi.save())));
    assert.deepEqual(await rows(again, 'Contact.get', { select: ['Bedrock_Profile.Hobbies:label', 'address_primary.country_id:label'], where: [['id', '=', id]] }), [{ id, 'Bedrock_Profile.Hobbies:label': ['Drums'], 'address_primary.country_id:label': 'United States' }]);
  });

  it('is not written by the API: said so with 501, never silently ignored', async () => {
    const { civi, id } = fred();
    profile(civi);
    civi.addKey('admin', [...everything, ...FULL]);
    for (const [name, params] of [
      ['Contact.update', { where: [['id', '=', id]], values: { 'Bedrock_Profile.Quarry_Shift': 'day' } }],
      ['Contact.update', { where: [['id', '=', id]], values: { 'phone_primary.phone': '1' } }],
      ['Phone.create', { values: { contact_id: id, phone: '1' } }],
      ['Membership.create', { values: { contact_id: id } }],
    ] as const)
      await assert.rejects(call(civi, name, params, 'admin'), /writing|Phone\.create|Membership\.create/, name);
  });
});
