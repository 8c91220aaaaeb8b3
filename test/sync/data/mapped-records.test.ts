import assert from 'node:assert/strict';
import type { Permission } from '../../../src/simulator/civicrm/options.ts';
import { SYNC_PERMISSIONS } from '../../../src/simulator/civicrm/keys.ts';
import type { CivicrmRecordActs } from '../../../src/simulator/civicrm/record-acts.ts';
import type { NewMergeField } from '../../../src/simulator/mailchimp/audience-setup.ts';
import { world } from '../../../src/simulator/world.ts';
import { byMailchimpApi, changesContact, DATA, mergeFieldAt } from '../../support/data-scenario.ts';
import { openScenario, P1, P2, type Scenario } from '../../support/scenario.ts';
import { closeWorlds, GROUP, LIST, type WorldOptions } from '../../support/sync-world.ts';

const MAY: readonly Permission[] = ['access all custom data', 'access CiviMember', 'access CiviContribute'];

/** Each merge field by the CiviCRM field that fills it. */
const FIELDS: Readonly<Record<string, { readonly from: string } & Omit<NewMergeField, 'tag'>>> = {
  DINO: { from: 'Bedrock.Dinosaur' },
  SHOE: { type: 'number', from: 'Bedrock.Shoe_size' },
  LODGE: { type: 'date', from: 'Bedrock.Joined_Lodge' },
  CAR: { from: 'Bedrock.Owns_Car' },
  SHIFT: { from: 'Bedrock.Shift:label' },
  HOBBIES: { from: 'Bedrock.Hobbies:label' },
  PAIDTO: { type: 'date', from: 'MAX(Membership.end_date)' },
  GAVEON: { type: 'date', from: 'MAX(Contribution.receive_date)' },
  GAVE: { type: 'number', from: 'SUM(Contribution.total_amount)' },
  TIMES: { type: 'number', from: 'COUNT(Contribution.id)' },
  CELL: { type: 'phone', from: 'phone_primary.phone' },
  USCELL: { type: 'phone', options: { phone_format: 'US' }, from: 'phone_primary.phone' },
  HOME: { type: 'address', from: 'address_primary' },
  TOWN: { from: 'address_primary.city' },
};

const ADDRESS = { street: '303 Cobblestone Way', city: 'Bedrock', state: 'GA', postalCode: '70777', country: 'US' } as const;
const ADDRESS_THERE = { addr1: '303 Cobblestone Way', addr2: '', city: 'Bedrock', state: 'GA', zip: '70777', country: 'US' } as const;

interface Mapped {
  readonly s: Scenario;
  readonly records: CivicrmRecordActs;
  readonly at: (...tags: readonly string[]) => readonly unknown[];
}

/** A world in which these merge fields are mapped, and the API user may see what fills them. */
async function mapping(tags: readonly string[] = Object.keys(FIELDS), { fields = FIELDS, may = MAY, ...options }: { fields?: typeof FIELDS; may?: readonly Permission[] } & WorldOptions = {}): Promise<Mapped> {
  const mergeFields = Object.fromEntries(tags.map((tag) => [tag, fields[tag]!.from]));
  const s = await openScenario({ ...options, list: { ...options.list, data: { mergeFields } } });
  const { civicrm, mailchimp } = s.world;
  civicrm.setPermissions(world.civicrm.apiKey, [...SYNC_PERMISSIONS, ...may]);
  for (const [name, type, labels] of [
    ['Dinosaur', 'text', undefined],
    ['Shoe_size', 'number', undefined],
    ['Joined_Lodge', 'date', undefined],
    ['Owns_Car', 'boolean', undefined],
    ['Shift', 'text', { day: 'Day shift', night: 'Night shift' }],
    ['Hobbies', 'packed list', { bowling: 'Bowling', drums: 'Drums' }],
  ] as const)
    civicrm.records.createCustomField({ group: 'Bedrock', name, type, ...(labels && { options: labels }) });
  for (const tag of tags) {
    const { from: _from, ...field } = fields[tag]!;
    mailchimp.setup.createMergeField(LIST, { tag, ...field });
  }
  return { s, records: civicrm.records, at: (...wanted) => wanted.map((tag) => mergeFieldAt(s, P1, tag)) };
}

function fillEverything(records: CivicrmRecordActs, contact: number): void {
  records.setCustomField(contact, 'Bedrock.Dinosaur', 'Dino <the> first & "only"');
  records.setCustomField(contact, 'Bedrock.Shoe_size', 42.5);
  records.setCustomField(contact, 'Bedrock.Joined_Lodge', '1994-05-27');
  records.setCustomField(contact, 'Bedrock.Owns_Car', true);
  records.setCustomField(contact, 'Bedrock.Shift', 'night');
  records.setCustomField(contact, 'Bedrock.Hobbies', ['bowling', 'drums']);
  records.addMembership(contact, { endDate: '2026-02-28', status: 'Expired' });
  records.addMembership(contact, { endDate: '2027-02-28' });
  records.addMembership(contact, { endDate: '2099-12-31', isTest: true });
  records.addContribution(contact, { amount: 12.5, received: '2026-01-05 10:00:00' });
  records.addContribution(contact, { amount: 40, received: '2026-10-30 23:30:00' });
  records.addContribution(contact, { amount: 99, received: '2026-11-01 09:30:00', status: 'Pending' });
  records.setPhone(contact, '(404) 555-0101');
  records.setAddress(contact, ADDRESS);
}

describe('merge fields from custom fields, memberships, contributions, phones and addresses', () => {
  closeWorlds();

  for (const [how, list] of [['one by one', {}], ['in a batch', { submitSingly: 0 }]] as const)
    it(`are sent to a member, each as its kind wants it, ${how}; a second run sends nothing`, async () => {
      const { s, records, at } = await mapping(Object.keys(FIELDS), { list });
      const contact = await s.joined(P1);
      fillEverything(records, contact);
      s.passes(60);
      await s.sync.full(DATA);
      await s.batchesSettle();
      assert.deepEqual(at(...Object.keys(FIELDS)), [
        'Dino <the> first & "only"', 42.5, '1994-05-27', '1', 'Night shift', 'Bowling, Drums',
        '2027-02-28', '2026-10-30', 52.5, 2,
        '(404) 555-0101', '404-555-0101', ADDRESS_THERE, 'Bedrock',
      ]);
      await s.comesToRest(DATA);
    });

  it('go to a new member with its PUT', async () => {
    const { s, records } = await mapping();
    const contact = s.civi.creates('Fred', P2);
    s.civi.adds(contact);
    fillEverything(records, contact);
    const before = s.sync.writes;
    await s.sync.run('incremental', DATA);
    assert.equal(s.sync.writes - before, 1);
    assert.deepEqual(['PAIDTO', 'GAVE', 'HOME', 'HOBBIES'].map((tag) => mergeFieldAt(s, P2, tag)), ['2027-02-28', 52.5, ADDRESS_THERE, 'Bowling, Drums']);
  });

  it('only what changed is sent: the others may have been corrected at Mailchimp', async () => {
    const { s, records, at } = await mapping();
    const contact = await s.joined(P1);
    fillEverything(records, contact);
    await s.comesToRest(DATA);
    await byMailchimpApi(s, 'PATCH', `/members/${P1}`, { merge_fields: { DINO: 'Hoppy', PAIDTO: '2030-01-01' } });
    await s.comesToRest(DATA);
    records.setAddress(contact, { ...ADDRESS, street: '1 Quarry Road' });
    const before = s.sync.writes;
    await s.sync.run('incremental', DATA);
    assert.equal(s.sync.writes - before, 1);
    assert.deepEqual(at('DINO', 'PAIDTO', 'HOME'), ['Hoppy', '2030-01-01', { ...ADDRESS_THERE, addr1: '1 Quarry Road' }]);
    const { ask } = (await s.sync.updates()).filter((update) => update.side === 'mailchimp').at(-1)!;
    assert.deepEqual(Object.keys(('mergeFields' in ask && ask.mergeFields) || {}), ['HOME']);
  });

  it('that move the contact’s date are seen by the next run; memberships and contributions once a day', async () => {
    const { s, records, at } = await mapping();
    const contact = await s.joined(P1);
    await s.comesToRest(DATA);
    s.passes(60);
    records.setCustomField(contact, 'Bedrock.Dinosaur', 'Dino');
    records.setPhone(contact, '404-555-0101');
    await s.sync.run('incremental', DATA);
    assert.deepEqual(at('DINO', 'CELL'), ['Dino', '404-555-0101']);
    await s.comesToRest(DATA);
    records.addMembership(contact, { endDate: '2027-02-28' });
    records.addContribution(contact, { amount: 5 });
    s.passes(60);
    await s.sync.run('incremental', DATA);
    assert.deepEqual(at('PAIDTO', 'GAVE'), ['', '']);
    s.passes(24 * 3600);
    await s.sync.run('incremental', DATA);
    assert.deepEqual(at('PAIDTO', 'GAVE'), ['2027-02-28', 5]);
  });

  it('that became empty in CiviCRM are emptied; those that were always empty are left as they are', async () => {
    const { s, records, at } = await mapping();
    const contact = await s.joined(P1);
    await byMailchimpApi(s, 'PATCH', `/members/${P1}`, { merge_fields: { DINO: 'Hoppy', HOME: ADDRESS_THERE, PAIDTO: '2030-01-01', CELL: '1' } });
    await s.comesToRest(DATA);
    assert.deepEqual(at('DINO', 'HOME', 'PAIDTO', 'CELL'), ['Hoppy', ADDRESS_THERE, '2030-01-01', '1']);
    records.setCustomField(contact, 'Bedrock.Dinosaur', 'Dino');
    records.setAddress(contact, { ...ADDRESS, street: '1 Quarry Road' });
    records.setPhone(contact, '2');
    const membership = records.addMembership(contact, { endDate: '2027-02-28' });
    const contribution = records.addContribution(contact, { amount: 5 });
    await s.comesToRest(DATA);
    records.setCustomField(contact, 'Bedrock.Dinosaur', null);
    records.setAddress(contact, null);
    records.setPhone(contact, null);
    records.deleteMembership(membership);
    records.deleteContribution(contribution);
    await s.comesToRest(DATA);
    assert.deepEqual(at('DINO', 'HOME', 'PAIDTO', 'CELL', 'GAVEON', 'GAVE'), ['', '', '', '', '', '']);
  });

  it('are read a thousand people at a time, each kind of thing in one request', async () => {
    const { s } = await mapping(['TOWN', 'PAIDTO'], { list: { limits: { percent: 100 } } });
    const created = s.now;
    const addresses = Array.from({ length: 2100 }, (_, number) => `p${number}@example.org`);
    s.world.civicrm.acts.importContacts(addresses.map((email) => ({ firstName: 'Wilma', created, emails: [{ email }], groups: [{ groupId: GROUP, status: 'Added' }], history: [{ groupId: GROUP, status: 'Added', date: created }] })));
    s.world.mailchimp.importMembers(LIST, addresses.map((email) => ({ email, status: 'subscribed', mergeFields: { FNAME: 'Wilma' } })));
    s.passes(60);
    const id = await s.sync.begin('full', DATA);
    await s.sync.goOn(id, { before: 'dataHooks' });
    const [before, atMailchimp] = [new Map(s.world.civicrm.requests()), s.world.mailchimp.requests];
    assert.equal((await s.sync.stage('dataHooks', id))['compared'], 2100);
    const asked = (entity: string): number => (s.world.civicrm.requests().get(`${entity}.get`) ?? 0) - (before.get(`${entity}.get`) ?? 0);
    assert.deepEqual([asked('Email'), asked('GroupContact'), asked('Contact'), asked('Membership'), s.world.mailchimp.requests - atMailchimp], [3, 3, 6, 3, 1]);
  });

  it('may be worked out by CiviCRM: an expression of the contact’s fields', async () => {
    const { s, at } = await mapping(['LAST', 'BORN'], { fields: { LAST: { from: 'UPPER(last_name)' }, BORN: { type: 'number', from: 'YEAR(birth_date)' } } });
    const contact = await s.joined(P1);
    await changesContact(s, contact, { birth_date: '1960-09-30' });
    await s.comesToRest(DATA);
    assert.deepEqual(at('LAST', 'BORN'), ['FLINTSTONE', 1960]);
  });

  it('a membership without an end date gives none', async () => {
    const { s, records, at } = await mapping(['PAIDTO']);
    const contact = await s.joined(P1);
    records.addMembership(contact, { endDate: null });
    await s.comesToRest(DATA);
    assert.deepEqual(at('PAIDTO'), ['']);
  });

  it('the day of a contribution is the site’s, not UTC’s', async () => {
    const { s, records, at } = await mapping(['GAVEON'], { civicrm: { timezone: 'America/New_York' } });
    s.world.civicrm.setTimezone('America/New_York');
    const contact = await s.joined(P1);
    s.passes(18 * 3600); // 03:00 UTC of the 25th is the evening of the 24th there
    records.addContribution(contact, { amount: 5 });
    await s.comesToRest(DATA);
    assert.deepEqual(at('GAVEON'), ['2026-11-24']);
  });

  it('longer than a text field holds come to rest', async () => {
    const { s, records, at } = await mapping(['DINO']);
    const contact = await s.joined(P1);
    records.setCustomField(contact, 'Bedrock.Dinosaur', `x${'é'.repeat(300)}`);
    await s.comesToRest(DATA);
    assert.deepEqual(at('DINO'), [`x${'é'.repeat(127)}`]);
  });

  it('a value that is no option any more gives no label', async () => {
    const { s, records, at } = await mapping(['SHIFT', 'HOBBIES']);
    const contact = await s.joined(P1);
    records.setCustomField(contact, 'Bedrock.Shift', 'midnight');
    records.setCustomField(contact, 'Bedrock.Hobbies', ['bowling', 'quoits']);
    await s.comesToRest(DATA);
    assert.deepEqual(at('SHIFT', 'HOBBIES'), ['', 'Bowling']);
  });

  it('an address without a part that Mailchimp needs is not sent, and told by number; the rest goes through, nothing fails', async () => {
    const { s, records, at } = await mapping(['HOME', 'TOWN', 'DINO']);
    const contact = await s.joined(P1);
    records.setAddress(contact, { street: 'Unter den Linden 1', city: 'Berlin', postalCode: '10117', country: 'DE' });
    records.setCustomField(contact, 'Bedrock.Dinosaur', 'Dino');
    await s.comesToRest(DATA);
    assert.deepEqual(at('HOME', 'TOWN', 'DINO'), ['', 'Berlin', 'Dino']);
    assert.equal((await s.sync.row(P1)).syncStatus, 'ok');
    assert.ok(s.world.logged.some((line) => /the address of 1 people is not sent as HOME/.test(line)));
    records.setAddress(contact, ADDRESS);
    await s.comesToRest(DATA);
    assert.deepEqual(at('HOME'), [ADDRESS_THERE]);
    records.setAddress(contact, { city: 'Bedrock' });
    await s.comesToRest(DATA);
    assert.deepEqual(at('HOME', 'TOWN'), ['', 'Bedrock']);
  });

  it('one that is refused is told with person, field and message, while the rest and the other people go through', async () => {
    const { s, records, at } = await mapping(['SHOE', 'USCELL', 'LODGE', 'DINO', 'PAIDTO'], { fields: { ...FIELDS, SHOE: { type: 'number', from: 'Bedrock.Dinosaur' }, LODGE: { type: 'date', from: 'Bedrock.Dinosaur' } } });
    const [contact, other] = [await s.joined(P1), await s.joined(P2)];
    records.setCustomField(contact, 'Bedrock.Dinosaur', 'no number');
    records.setPhone(contact, '+44 20 7946 0000');
    records.addMembership(contact, { endDate: '2027-02-28' });
    records.addMembership(other, { endDate: '2028-02-28' });
    await s.comesToRest(DATA);
    assert.deepEqual(at('SHOE', 'USCELL', 'LODGE', 'DINO', 'PAIDTO'), ['', '', '', 'no number', '2027-02-28']);
    assert.equal(mergeFieldAt(s, P2, 'PAIDTO'), '2028-02-28');
    const row = await s.sync.row(P1);
    assert.deepEqual([row.syncStatus, row.failReason, Object.keys(row.memory.dataRefused ?? {}).toSorted()], ['fail', 'data_refused', ['merge:LODGE', 'merge:SHOE', 'merge:USCELL']]);
    for (const [field, message] of [['SHOE', 'Please enter a number'], ['USCELL', 'Please enter a valid phone number'], ['LODGE', 'Please enter a valid date']] as const)
      assert.equal(s.world.logged.filter((line) => line.includes(`row ${row.id} `) && line.includes(field) && line.includes(message)).length, 1, field);
    records.setPhone(contact, '404-555-0101');
    records.setCustomField(contact, 'Bedrock.Dinosaur', null);
    await s.comesToRest(DATA);
    assert.deepEqual([at('USCELL'), (await s.sync.row(P1)).syncStatus], [['404-555-0101'], 'ok']);
  });

  for (const [slip, from] of [
    ['of a group that does not exist', 'Bedrok.Dinosaur'],
    ['of a field that does not exist', 'Bedrock.Dinosaurus'],
    ['of a join that does not exist', 'phone_main.phone'],
    ['of an entity that does not exist', 'MAX(Membershp.end_date)'],
    ['of an entity’s field that does not exist', 'MAX(Membership.end_dat)'],
    ['of a function that does not exist', 'UPER(last_name)'],
    ['of a function in small letters', 'upper(last_name)'],
    ['of an expression’s field that does not exist', 'UPPER(last_nam)'],
    ['of a function over many rows without their entity', 'MAX(birth_date)'],
  ] as const)
    it(`a path with a slip ${slip} is told by name, and stops neither the run nor the other fields`, async () => {
      const { s, records, at } = await mapping(['SLIP', 'DINO'], { fields: { ...FIELDS, SLIP: { from } } });
      const contact = await s.joined(P1);
      records.addMembership(contact, { endDate: '2027-02-28' });
      await byMailchimpApi(s, 'PATCH', `/members/${P1}`, { merge_fields: { SLIP: 'was here' } });
      records.setCustomField(contact, 'Bedrock.Dinosaur', 'Dino');
      const joins = s.civi.creates('Fred', P2);
      s.civi.adds(joins);
      await s.comesToRest(DATA);
      assert.deepEqual([at('SLIP', 'DINO'), s.member(P2)], [['was here', 'Dino'], 'subscribed']);
      assert.ok(s.world.logged.some((line) => line.includes(`the field ${from} is not compared`)), s.world.logged.join('\n'));
    });

  it('what the API user may not see is told by name, and leaves what is at Mailchimp as it is', async () => {
    const { s, records, at } = await mapping();
    const contact = await s.joined(P1);
    fillEverything(records, contact);
    await s.comesToRest(DATA);
    s.world.civicrm.setPermissions(world.civicrm.apiKey, SYNC_PERMISSIONS);
    records.setCustomField(contact, 'Bedrock.Dinosaur', 'Hoppy');
    records.setPhone(contact, '404-555-0102');
    await s.comesToRest(DATA);
    assert.deepEqual(at('DINO', 'PAIDTO', 'GAVE', 'CELL'), ['Dino <the> first & "only"', '2027-02-28', 52.5, '404-555-0102']);
    for (const path of ['Bedrock.Dinosaur', 'MAX(Membership.end_date)', 'SUM(Contribution.total_amount)']) assert.ok(s.world.logged.some((line) => line.includes(`the field ${path} is not compared`)), path);
  });

  it('that are required and empty keep nobody out, one by one and in batches', async () => {
    for (const submitSingly of [20, 0]) {
      const { s, records } = await mapping(['PAIDTO', 'DINO'], { fields: { ...FIELDS, PAIDTO: { ...FIELDS['PAIDTO']!, required: true } }, list: { submitSingly } });
      const contact = s.civi.creates('Fred', P2);
      s.civi.adds(contact);
      await s.comesToRest(DATA);
      assert.equal(s.member(P2), 'subscribed');
      records.setCustomField(contact, 'Bedrock.Dinosaur', 'Dino');
      s.civi.renames(contact, 'Barney');
      await s.comesToRest(DATA);
      assert.deepEqual(['DINO', 'FNAME', 'PAIDTO'].map((tag) => mergeFieldAt(s, P2, tag)), ['Dino', 'Barney', '']);
      const membership = records.addMembership(contact, { endDate: '2027-02-28' });
      await s.comesToRest(DATA);
      records.deleteMembership(membership);
      await s.comesToRest(DATA);
      assert.equal(mergeFieldAt(s, P2, 'PAIDTO'), '');
      assert.equal(await s.failReason(P2), null);
    }
  });
});
