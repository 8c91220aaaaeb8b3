import assert from 'node:assert/strict';
import { contactId } from '../../src/base/ids.ts';
import { parseFieldPath } from '../../src/civicrm/field-path.ts';
import { ScriptedService } from '../support/scripted-service.ts';
import { clientsOf, errorObject, formOf, values } from './site.ts';

const ids = [contactId(11), contactId(12)];

describe('contacts’ data', () => {
  it('tags by their labels, many contacts in one call', async () => {
    const service = new ScriptedService(values([
      { id: 1, entity_id: 11, tag_id: 7, 'tag_id:label': 'Bowling club' },
      { id: 3, entity_id: '11', tag_id: 9, 'tag_id:label': 'News: monthly' },
    ]));
    const { data } = clientsOf(service);
    assert.deepEqual(await data.tags(ids), new Map([[contactId(11), ['Bowling club', 'News: monthly']]]));
    const { where } = formOf(service.asked[0]) as { where: unknown };
    assert.deepEqual(where, [['entity_table', '=', 'civicrm_contact'], ['entity_id', 'IN', [11, 12]]]);
  });

  it('fields by the paths of APIv4: custom fields, labels, joins', async () => {
    const paths = ['Bedrock_Profile.Favourite_Dinosaur', 'gender_id:label', 'address_primary.city'];
    const service = new ScriptedService(values([
      { id: 11, 'Bedrock_Profile.Favourite_Dinosaur': 'Hoppy', 'gender_id:label': 'Male', 'address_primary.city': null },
      { id: 12, 'Bedrock_Profile.Favourite_Dinosaur': null, 'gender_id:label': null, 'address_primary.city': 'Bedrock' },
    ]));
    const { data } = clientsOf(service);
    const { contacts, refused } = await data.fields(ids, paths);
    assert.deepEqual(contacts.get(contactId(11)), { 'Bedrock_Profile.Favourite_Dinosaur': 'Hoppy', 'gender_id:label': 'Male', 'address_primary.city': null });
    assert.equal(refused.size, 0);
    assert.deepEqual((formOf(service.asked[0]) as { select: unknown }).select, ['id', ...paths]);
  });

  it('a field that the API leaves out, because it does not exist or may not be seen, is missing and not empty', async () => {
    const { contacts } = await clientsOf(new ScriptedService(values([{ id: 11, job_title: 'Miner' }]))).data.fields([contactId(11)], ['job_title', 'Custom.Hidden']);
    assert.deepEqual(contacts.get(contactId(11)), { job_title: 'Miner' });
  });

  it('one value over the rows of another entity: tests and what is not completed are left out; null where there is no row', async () => {
    const service = new ScriptedService(values([{ id: 11 }, { id: 12 }]), values([{ contact_id: 12, mailchimpsync_value: '2027-02-28' }]), values([{ contact_id: 11, mailchimpsync_value: '2026-10-30 09:30:00' }]));
    const { contacts } = await clientsOf(service).data.fields(ids, ['MAX(Membership.end_date)', 'MAX(Contribution.receive_date)']);
    assert.deepEqual([...contacts], [
      [contactId(11), { 'MAX(Membership.end_date)': null, 'MAX(Contribution.receive_date)': '2026-10-30 09:30:00' }],
      [contactId(12), { 'MAX(Membership.end_date)': '2027-02-28', 'MAX(Contribution.receive_date)': null }],
    ]);
    const [, membership, contribution] = service.asked.map((request) => formOf(request) as { readonly where: readonly unknown[] });
    assert.deepEqual(membership, {
      select: ['contact_id', 'MAX(end_date) AS mailchimpsync_value'],
      where: [['contact_id', 'IN', [11, 12]], ['is_test', '=', false]],
      groupBy: ['contact_id'],
      orderBy: { contact_id: 'ASC' },
    });
    assert.deepEqual(contribution?.where.at(-1), ['contribution_status_id:name', '=', 'Completed']);
  });

  it('an entity that is refused leaves the other fields as they are', async () => {
    const service = new ScriptedService(values([{ id: 11, job_title: 'Miner' }]), errorObject('Authorization failed', 403));
    const { contacts, refused } = await clientsOf(service).data.fields([contactId(11)], ['job_title', 'MAX(Membership.end_date)']);
    assert.deepEqual(contacts.get(contactId(11)), { job_title: 'Miner' });
    assert.deepEqual([...refused.keys()], ['MAX(Membership.end_date)']);
  });

  it('an expression of the contact’s fields, asked for by itself under a name that is no field’s', async () => {
    const service = new ScriptedService(values([{ id: 11, job_title: null }, { id: 12, job_title: 'Miner' }]), values([{ id: 11, mailchimpsync_value: 1960 }, { id: 12, mailchimpsync_value: null }]));
    const { contacts } = await clientsOf(service).data.fields(ids, ['job_title', 'YEAR(birth_date)']);
    assert.deepEqual(contacts.get(contactId(11)), { job_title: null, 'YEAR(birth_date)': 1960 });
    assert.deepEqual(contacts.get(contactId(12)), { job_title: 'Miner', 'YEAR(birth_date)': null });
    assert.deepEqual((formOf(service.asked[1]) as { select: unknown }).select, ['id', 'YEAR(birth_date) AS mailchimpsync_value']);
  });

  it('an expression with a field that does not exist is missing; one that gives one value for all is refused', async () => {
    const service = new ScriptedService(values([{ id: 11 }, { id: 12 }]), values([{ id: 11 }, { id: 12 }]), values([{ id: 11, mailchimpsync_value: '1960-09-30' }]));
    const { contacts, refused } = await clientsOf(service).data.fields(ids, ['UPPER(no_such_field)', 'MAX(birth_date)']);
    assert.deepEqual(contacts.get(contactId(11)), {});
    assert.deepEqual([...refused.keys()], ['MAX(birth_date)']);
  });

  it('a field that makes CiviCRM refuse the whole search is found, and the others are read', async () => {
    const service = new ScriptedService(
      errorObject('Cannot use existing field name as alias', 500),
      values([{ id: 11 }]),
      values([{ id: 11, job_title: 'Miner' }]),
      errorObject('Cannot use existing field name as alias', 500),
    );
    const { contacts, refused } = await clientsOf(service).data.fields([contactId(11)], ['job_title', 'first_name AS last_name']);
    assert.deepEqual(contacts.get(contactId(11)), { job_title: 'Miner' });
    assert.deepEqual([...refused.keys()], ['first_name AS last_name']);
  });

  it('tells an aggregate from a field', () => {
    assert.deepEqual(parseFieldPath('COUNT(Activity.id)'), { kind: 'aggregate', path: 'COUNT(Activity.id)', name: 'COUNT', entity: 'Activity', field: 'id' });
    for (const path of ['job_title', 'Group.Field', 'address_primary.city', 'gender_id:label']) assert.equal(parseFieldPath(path).kind, 'field', path);
    for (const path of ['MAX(end_date)', 'UPPER(last_name)', 'AVG(Membership.end_date)']) assert.equal(parseFieldPath(path).kind, 'expression', path);
  });
});
