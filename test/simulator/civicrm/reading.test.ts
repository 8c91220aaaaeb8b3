import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { CivicrmSimulator } from '../../../src/simulator/civicrm/simulator.ts';
import { BY_ID, call, rows, site } from './site.ts';

async function ids(civi: CivicrmSimulator, where: unknown): Promise<readonly unknown[]> {
  return (await rows(civi, 'Contact.get', { select: ['id'], where, ...BY_ID })).map((row) => row['id']);
}

function people(): { civi: CivicrmSimulator; wilma: number; fred: number; nobody: number } {
  const { civi } = site();
  const wilma = civi.acts.createContact({ firstName: 'Wilma', lastName: 'Flintstone', email: 'wilma@example.org', source: 'form' });
  const fred = civi.acts.createContact({ firstName: 'Fred', lastName: 'Flintstone', email: 'fred@example.org' });
  const nobody = civi.acts.createContact({});
  return { civi, wilma, fred, nobody };
}

describe('simulated CiviCRM: reading', () => {
  it('returns a row for each id that exists, and ids given as text as numbers', async () => {
    const { civi, wilma, fred } = people();
    assert.deepEqual(await ids(civi, [['id', 'IN', [String(fred), 999_999, wilma]]]), [wilma, fred]);
  });

  it('takes an empty IN as none, an empty NOT IN as all, and text for an id as none', async () => {
    const { civi } = people();
    assert.deepEqual(await ids(civi, [['id', 'IN', []]]), []);
    assert.equal((await ids(civi, [['id', 'NOT IN', []]])).length, 6);
    assert.deepEqual(await ids(civi, [['id', '=', 'abc']]), []);
  });

  it('compares addresses without case, accents and trailing spaces', async () => {
    const { civi, wilma } = people();
    for (const address of ['WILMA@example.org', 'wílma@example.org', 'wilma@example.org ']) {
      assert.deepEqual(await ids(civi, [['email_primary.email', '=', address]]), [wilma], address);
    }
    assert.equal((await rows(civi, 'Email.get', { where: [['email', 'IN', ['Wílma@Example.org', 'x@example.org']]] })).length, 1);
  });

  it('understands LIKE, CONTAINS, BETWEEN, IS NULL, IS EMPTY, and nested OR, AND and NOT', async () => {
    const { civi, wilma, fred, nobody } = people();
    const mine = ['id', '>', 3];
    assert.deepEqual(await ids(civi, [mine, ['last_name', 'LIKE', 'flint%']]), [wilma, fred]);
    assert.deepEqual(await ids(civi, [mine, ['display_name', 'CONTAINS', 'RED']]), [fred]);
    assert.deepEqual(await ids(civi, [['id', 'BETWEEN', [wilma, fred]]]), [wilma, fred]);
    assert.deepEqual(await ids(civi, [mine, ['email_primary.email', 'IS NULL']]), [nobody]);
    assert.deepEqual(await ids(civi, [mine, ['source', 'IS EMPTY']]), [fred, nobody]);
    assert.deepEqual(await ids(civi, [mine, ['OR', [['first_name', '=', 'Fred'], ['AND', [['source', '=', 'form'], ['is_opt_out', '=', false]]]]]]), [wilma, fred]);
    assert.deepEqual(await ids(civi, [mine, ['NOT', [['first_name', '=', 'Fred']]]]), [wilma]);
  });

  it('leaves rows with nothing in the column out of any comparison, also of <>', async () => {
    const { civi, fred } = people();
    assert.deepEqual(await ids(civi, [['id', '>', 3], ['first_name', '<>', 'Wilma']]), [fred]);
  });

  it('has no order without orderBy', async () => {
    const { civi } = site();
    civi.acts.importContacts(Array.from({ length: 50 }, (_, index) => ({ firstName: `P${index}`, created: 0 })));
    const order = (await rows(civi, 'Contact.get', { select: ['id'], where: [['id', '>', 0]] })).map((row) => row['id']);
    assert.notDeepEqual(order, [...order].sort((a, b) => Number(a) - Number(b)));
  });

  it('pages by id, counts with row_count, and takes limit 0 as none', async () => {
    const { civi, wilma, fred, nobody } = people();
    const page = await call(civi, 'Contact.get', { select: ['id', 'row_count'], where: [['id', '>', 3]], ...BY_ID, limit: 1, offset: 1 });
    assert.deepEqual([page.values, page.count, page.countMatched, page.body['countFetched']], [[{ id: fred }], 3, 3, 1]);
    const counted = await call(civi, 'Contact.get', { select: ['row_count'], where: [['id', '>', 3]] });
    assert.deepEqual([counted.values, counted.countMatched], [[], 3]);
    assert.deepEqual(await rows(civi, 'Contact.get', { select: ['id'], where: [['id', '>', 3]], ...BY_ID, limit: 0 }), [{ id: wilma }, { id: fred }, { id: nobody }]);
  });

  it('drops unknown names in select, and refuses them in where and orderBy', async () => {
    const { civi, wilma } = people();
    assert.deepEqual(await rows(civi, 'Contact.get', { select: ['id', 'no_such_field', 'email_primary.nope', 'api_key'], where: [['id', '=', wilma]] }), [{ id: wilma }]);
    const where = await call(civi, 'Contact.get', { where: [['no_such_field', '=', 1]] });
    assert.deepEqual([where.status, where.message], [500, "Invalid field 'no_such_field'"]);
    assert.equal((await call(civi, 'Contact.get', { orderBy: { no_such_field: 'ASC' } })).message, "Invalid field 'no_such_field'");
  });

  it('always gives the id, and joins of references several deep', async () => {
    const { civi, wilma } = people();
    const group = civi.acts.createGroup({ title: 'Newsletter', name: 'newsletter' });
    civi.acts.addToGroup(wilma, group);
    const [row] = await rows(civi, 'GroupContact.get', { select: ['contact_id.display_name', 'contact_id.is_deleted', 'contact_id.email_primary.email', 'group_id.name', 'group_id:label'], where: [['group_id', '=', group]] });
    assert.deepEqual(row, {
      id: civi.tables.groupContact.find('contact_id', wilma)[0]?.id,
      'contact_id.display_name': 'Wilma Flintstone',
      'contact_id.is_deleted': false,
      'contact_id.email_primary.email': 'wilma@example.org',
      'group_id.name': 'newsletter',
      'group_id:label': 'Newsletter',
    });
  });

  it('leaves out fields that a type of contact does not have, once the type is read', async () => {
    const { civi } = site();
    const [organization] = await rows(civi, 'Contact.get', { select: ['contact_type', 'first_name', 'display_name'], where: [['id', '=', 1]] });
    assert.deepEqual(organization, { id: 1, contact_type: 'Organization', display_name: 'Default Organization' });
    const [plain] = await rows(civi, 'Contact.get', { select: ['first_name'], where: [['id', '=', 1]] });
    assert.deepEqual(plain, { id: 1, first_name: null });
  });

  it('gives the highest id and counts, also by group', async () => {
    const { civi, wilma, fred } = people();
    const group = civi.acts.createGroup({ title: 'Newsletter' });
    civi.acts.addToGroup(wilma, group);
    civi.acts.addToGroup(fred, group);
    civi.acts.removeFromGroup(fred, group);
    assert.deepEqual(await rows(civi, 'SubscriptionHistory.get', { select: ['MAX(id) AS last', 'COUNT(id) AS n'] }), [{ last: 3, n: 3 }]);
    assert.deepEqual(
      await rows(civi, 'SubscriptionHistory.get', { select: ['contact_id', 'MAX(id) AS last_id'], where: [['group_id', '=', group]], groupBy: ['contact_id'], orderBy: { contact_id: 'ASC' } }),
      [{ contact_id: wilma, last_id: 1 }, { contact_id: fred, last_id: 3 }],
    );
  });

  it('finds contacts by group and tag, groups by type', async () => {
    const { civi, wilma, fred } = people();
    const group = civi.acts.createGroup({ title: 'Newsletter', name: 'newsletter' });
    civi.acts.addToGroup(wilma, group);
    civi.acts.addToGroup(fred, group);
    civi.acts.removeFromGroup(fred, group);
    civi.acts.tag(fred, civi.acts.createTag('VIP'));
    assert.deepEqual(await ids(civi, [['groups', 'IN', [group]]]), [wilma]);
    assert.deepEqual(await ids(civi, [['groups:name', 'IN', ['newsletter']]]), [wilma]);
    assert.deepEqual(await ids(civi, [['id', 'IN', [wilma, fred]], ['groups', 'NOT IN', [group]]]), [fred]);
    assert.deepEqual(await ids(civi, [['tags:label', 'IN', ['VIP']]]), [fred]);
    assert.deepEqual(
      await rows(civi, 'Group.get', { select: ['group_type', 'group_type:name', 'saved_search_id'], where: [['group_type', 'CONTAINS', '2']] }),
      [{ id: group, group_type: ['2'], 'group_type:name': ['Mailing List'], saved_search_id: null }],
    );
  });

  it('describes fields with their options', async () => {
    const { civi } = site();
    const [field] = await rows(civi, 'Email.getFields', { select: ['name', 'data_type', 'options'], where: [['name', '=', 'on_hold']], loadOptions: true });
    assert.deepEqual(field, { name: 'on_hold', data_type: 'Integer', options: { 0: 'No', 1: 'On Hold Bounce', 2: 'On Hold Opt Out' } });
  });
});
