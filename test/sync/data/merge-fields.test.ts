import assert from 'node:assert/strict';
import { byMailchimpApi, changesContact, DATA, mergeFieldAt } from '../../support/data-scenario.ts';
import { openScenario, P1, P2, type Scenario } from '../../support/scenario.ts';
import { closeWorlds, LIST, type WorldOptions } from '../../support/sync-world.ts';
import type { NewMergeField } from '../../../src/simulator/mailchimp/audience-setup.ts';

/** A world whose audience has these merge fields, filled from these CiviCRM fields. */
async function mapping(fields: readonly (NewMergeField & { readonly from: string })[], more: WorldOptions['list'] = {}): Promise<Scenario> {
  const s = await openScenario({ list: { ...more, data: { mergeFields: Object.fromEntries(fields.map(({ tag, from }) => [tag, from])) } } });
  for (const { from: _from, ...field } of fields) if (field.tag !== 'PHONE') s.world.mailchimp.setup.createMergeField(LIST, field);
  return s;
}

const JOB = { tag: 'TITLE', from: 'job_title' } as const;

describe('merge fields', () => {
  closeWorlds();

  it('are filled from the contact’s fields, each as its kind wants it; a second run sends nothing', async () => {
    const s = await mapping([
      JOB,
      { tag: 'BORN', type: 'date', from: 'birth_date' },
      { tag: 'BDAY', type: 'birthday', from: 'birth_date' },
      { tag: 'SEX', from: 'gender_id:label' },
      { tag: 'NUMBER', type: 'number', from: 'external_identifier' },
      { tag: 'GREETING', from: 'email_greeting_display' },
    ]);
    const contact = await s.joined(P1);
    await changesContact(s, contact, { job_title: 'Miner <lead>', birth_date: '1960-09-30', gender_id: 1, external_identifier: '007' });
    await s.sync.run('incremental', DATA);
    assert.deepEqual(
      ['TITLE', 'BORN', 'BDAY', 'SEX', 'NUMBER', 'GREETING'].map((tag) => mergeFieldAt(s, P1, tag)),
      ['Miner <lead>', '1960-09-30', '09/30', 'Female', 7, 'Dear Wilma'],
    );
    await s.comesToRest(DATA);
  });

  it('of a new member go with its PUT', async () => {
    const s = await mapping([JOB]);
    const contact = s.civi.creates('Fred', P2);
    await changesContact(s, contact, { job_title: 'Miner' });
    s.civi.adds(contact);
    const before = s.sync.writes;
    await s.sync.run('incremental', DATA);
    assert.equal(mergeFieldAt(s, P2, 'TITLE'), 'Miner');
    assert.equal(s.sync.writes - before, 1);
  });

  it('that the member has already are not sent again', async () => {
    const s = await mapping([JOB]);
    const contact = await s.joined(P1);
    await changesContact(s, contact, { job_title: 'Miner' });
    await byMailchimpApi(s, 'PATCH', `/members/${P1}`, { merge_fields: { TITLE: 'Miner' } });
    const before = s.sync.writes;
    await s.sync.full(DATA);
    assert.equal(s.sync.writes - before, 0);
  });

  it('newly mapped wait for a look at what members have', async () => {
    const s = await openScenario({ list: { data: { mergeFields: {} } } });
    const contact = await s.joined(P1);
    await changesContact(s, contact, { job_title: 'Miner' });
    await byMailchimpApi(s, 'PATCH', `/members/${P1}`, { merge_fields: { JOB: 'Miner' } });
    await s.comesToRest(DATA);
    s.sync.engine = await s.world.reopen({ data: { mergeFields: { JOB: 'job_title' } } });
    const before = s.sync.writes;
    await changesContact(s, contact, { external_identifier: 'x' });
    await s.sync.run('incremental', DATA);
    await s.sync.full(DATA);
    assert.equal(s.sync.writes - before, 0);
  });

  it('edited at Mailchimp stay so, until the contact’s field changes', async () => {
    const s = await mapping([JOB]);
    const contact = await s.joined(P1);
    await changesContact(s, contact, { job_title: 'Miner' });
    await s.comesToRest(DATA);
    s.passes(60);
    await byMailchimpApi(s, 'PATCH', `/members/${P1}`, { merge_fields: { TITLE: 'Astronaut' } });
    await s.comesToRest(DATA);
    assert.equal(mergeFieldAt(s, P1, 'TITLE'), 'Astronaut');
    s.passes(60);
    await changesContact(s, contact, { job_title: 'Foreman' });
    await s.comesToRest(DATA);
    assert.equal(mergeFieldAt(s, P1, 'TITLE'), 'Foreman');
  });

  it('of somebody who was deleted for good and signs up anew are filled again', async () => {
    const s = await mapping([JOB]);
    const contact = await s.joined(P1);
    await changesContact(s, contact, { job_title: 'Miner' });
    await s.comesToRest(DATA);
    s.passes(60);
    s.mailchimpAdmin.deletesForGood(P1);
    s.person.subscribes(P1);
    await s.comesToRest(DATA);
    assert.deepEqual([s.member(P1), mergeFieldAt(s, P1, 'TITLE')], ['subscribed', 'Miner']);
  });

  it('that are empty in CiviCRM are never sent over something, unless they became empty there', async () => {
    const s = await mapping([JOB]);
    const contact = await s.joined(P1);
    await byMailchimpApi(s, 'PATCH', `/members/${P1}`, { merge_fields: { TITLE: 'Astronaut' } });
    await s.comesToRest(DATA);
    assert.equal(mergeFieldAt(s, P1, 'TITLE'), 'Astronaut');
    await changesContact(s, contact, { job_title: 'Miner' });
    await s.comesToRest(DATA);
    await changesContact(s, contact, { job_title: '' });
    await s.comesToRest(DATA);
    assert.equal(mergeFieldAt(s, P1, 'TITLE'), '');
  });

  it('that Mailchimp refuses never block the rest; the row says which and why, and nothing is repeated until the value is another', async () => {
    const s = await mapping([JOB, { tag: 'NUMBER', type: 'number', from: 'external_identifier' }]);
    const contact = await s.joined(P1);
    await changesContact(s, contact, { job_title: 'Miner', external_identifier: 'seven' });
    s.civi.renames(contact, 'Betty');
    await s.comesToRest(DATA);
    assert.deepEqual(['TITLE', 'NUMBER', 'FNAME'].map((tag) => mergeFieldAt(s, P1, tag)), ['Miner', '', 'Betty']);
    const row = await s.sync.row(P1);
    assert.deepEqual([row.syncStatus, row.failReason], ['fail', 'data_refused']);
    assert.deepEqual(row.memory.dataRefused, { 'merge:NUMBER': { value: 'seven', message: 'Please enter a number' } });
    assert.ok(s.world.logged.some((line) => line.includes(`row ${row.id}`) && line.includes('NUMBER') && line.includes('Please enter a number')));
    await changesContact(s, contact, { external_identifier: '7' });
    await s.comesToRest(DATA);
    assert.equal(mergeFieldAt(s, P1, 'NUMBER'), 7);
    assert.equal((await s.sync.row(P1)).syncStatus, 'ok');
  });

  it('that are refused never keep anybody from being subscribed', async () => {
    const s = await mapping([{ tag: 'NUMBER', type: 'number', from: 'external_identifier' }]);
    const contact = s.civi.creates('Fred', P2);
    await changesContact(s, contact, { external_identifier: 'seven' });
    s.civi.adds(contact);
    await s.comesToRest(DATA);
    assert.deepEqual([s.member(P2), mergeFieldAt(s, P2, 'FNAME')], ['subscribed', 'Fred']);
    assert.equal(await s.failReason(P2), 'data_refused');
  });

  it('refused in batches are settled the same', async () => {
    const s = await mapping([JOB, { tag: 'NUMBER', type: 'number', from: 'external_identifier' }], { submitSingly: 0 });
    const contact = await s.joined(P1);
    await changesContact(s, contact, { job_title: 'Miner', external_identifier: 'seven' });
    await s.comesToRest(DATA);
    assert.equal(mergeFieldAt(s, P1, 'TITLE'), 'Miner');
    assert.equal(await s.failReason(P1), 'data_refused');
  });

  it('that are required and empty keep nobody out', async () => {
    const s = await mapping([{ ...JOB, required: true }]);
    const contact = s.civi.creates('Fred', P2);
    s.civi.adds(contact);
    await s.comesToRest(DATA);
    assert.equal(s.member(P2), 'subscribed');
    s.civi.renames(contact, 'Barney');
    await s.comesToRest(DATA);
    assert.equal(mergeFieldAt(s, P2, 'FNAME'), 'Barney');
  });

  it('that the audience does not have are told, and the others filled', async () => {
    const s = await openScenario({ list: { data: { mergeFields: { JOBB: 'job_title', PHONE: 'source' } } } });
    const contact = await s.joined(P1);
    await changesContact(s, contact, { job_title: 'Miner', source: '555-0101' });
    await s.comesToRest(DATA);
    assert.equal(mergeFieldAt(s, P1, 'PHONE'), '555-0101');
    assert.ok(s.world.logged.some((line) => line.includes('no merge field JOBB')));
  });

  it('of a field that CiviCRM does not give stay as they are, and it is told', async () => {
    const s = await mapping([{ tag: 'SHOE', from: 'Profile.Shoe_size' }]);
    await s.joined(P1);
    await byMailchimpApi(s, 'PATCH', `/members/${P1}`, { merge_fields: { SHOE: '42' } });
    await s.comesToRest(DATA);
    assert.equal(mergeFieldAt(s, P1, 'SHOE'), '42');
    assert.ok(s.world.logged.some((line) => line.includes('Profile.Shoe_size')));
  });

  it('of an entity that the API user may not read keep nobody’s subscription waiting, and it is told', async () => {
    const s = await mapping([{ tag: 'PAIDTO', type: 'date', from: 'MAX(Membership.end_date)' }, JOB]);
    const contact = s.civi.creates('Fred', P2);
    await changesContact(s, contact, { job_title: 'Miner' });
    s.civi.adds(contact);
    await s.comesToRest(DATA);
    assert.deepEqual([s.member(P2), mergeFieldAt(s, P2, 'TITLE')], ['subscribed', 'Miner']);
    assert.ok(s.world.logged.some((line) => line.includes('the field MAX(Membership.end_date) is not compared')));
  });

  it('of somebody who is not subscribed are not sent', async () => {
    const s = await mapping([JOB]);
    const contact = await s.left(P1);
    await changesContact(s, contact, { job_title: 'Miner' });
    await s.comesToRest(DATA);
    assert.equal(mergeFieldAt(s, P1, 'TITLE'), '');
  });
});
