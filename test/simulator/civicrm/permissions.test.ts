import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { call, rows, site, without } from './site.ts';

describe('simulated CiviCRM: permissions', () => {
  it('reads as empty, not as refused, without "view all contacts"', async () => {
    const { civi } = site();
    civi.addKey('no-view', ['authenticate with api key', 'access CiviCRM', 'view debug output']);
    const group = civi.acts.createGroup({ title: 'Newsletter' });
    civi.acts.addToGroup(1, group);
    assert.deepEqual(await rows(civi, 'Contact.get', { where: [['id', '=', 'user_contact_id']] }, 'no-view'), []);
    for (const entity of ['Email', 'Group', 'GroupContact', 'SubscriptionHistory', 'EntityTag']) assert.deepEqual(await rows(civi, `${entity}.get`, {}, 'no-view'), [], entity);
  });

  it('refuses creating contacts without "add contacts", and memberships without "edit all contacts"', async () => {
    const { civi } = site();
    civi.addKey('weak', without('add contacts', 'edit all contacts'));
    const group = civi.acts.createGroup({ title: 'Newsletter' });
    const created = await call(civi, 'Contact.create', { values: { first_name: 'X' } }, 'weak');
    assert.deepEqual([created.status, created.message], [403, 'Authorization failed: CiviCRM APIv4 (Contact::create)']);
    const saved = await call(civi, 'GroupContact.save', { records: [{ contact_id: 1, group_id: group }] }, 'weak');
    assert.deepEqual([saved.status, saved.message], [403, 'ACL check failed']);
    assert.equal(civi.tables.groupContact.size, 0);
  });

  it('refuses the sync role deleting contacts, writing history, activities, and asking the version', async () => {
    const { civi } = site();
    for (const name of ['Contact.delete', 'SubscriptionHistory.create', 'Activity.create', 'Domain.get', 'Contribution.get', 'Contact.mergeDuplicates']) {
      const answer = await call(civi, name, name.endsWith('delete') ? { where: [['id', '=', 1]] } : {});
      assert.deepEqual([answer.status, answer.message], [403, `Authorization failed: CiviCRM APIv4 (${name.replace('.', '::')})`]);
    }
  });

  it('tells only an error id without "view debug output"', async () => {
    const { civi } = site();
    civi.addKey('no-debug', without('view debug output'));
    const { status, body } = await call(civi, 'Contact.get', { where: [['nope', '=', 1]] }, 'no-debug');
    assert.equal(status, 500);
    assert.equal(body['error_code'], '1');
    assert.match(String(body['error_message']), /^Sorry an error occurred and your request was not completed\. \(Error ID: \w{4}-\w{4}-\w{6}\)$/);
  });

  it('refuses unknown parameters, parameters of another type, unknown entities, actions and operators', async () => {
    const { civi } = site();
    const messages: readonly (readonly [string, unknown, string])[] = [
      ['Contact.get', { foo: 1 }, 'Unknown api parameter: foo'],
      ['GroupContact.delete', { where: [['id', '=', 1]], tracking: 'x' }, 'Unknown api parameter: tracking'],
      ['Contact.get', { where: 'id=1' }, 'Parameter "where" is not of the correct type. Expecting array.'],
      ['Contact.get', { limit: -1 }, 'DB Error: syntax error'],
      ['Contact.get', { where: [['id', '~', 1]] }, 'Illegal operator'],
      ['Contact.get', { where: [['id']] }, 'Illegal operator'],
      ['Contact.frobnicate', {}, 'Api Contact frobnicate version 4 does not exist.'],
      ['NoSuchEntity.get', {}, 'API (NoSuchEntity, get) does not exist (or the extension it belongs to is not enabled).'],
      ['Contact.update', { values: { first_name: 'X' } }, 'Parameter "where" is required unless primary keys are supplied in values.'],
    ];
    for (const [name, params, message] of messages) {
      const answer = await call(civi, name, params);
      assert.deepEqual([answer.status, answer.message], [500, message]);
    }
  });

  it('does not let a caller switch the checks off', async () => {
    const { civi } = site();
    assert.equal((await call(civi, 'Contribution.get', { checkPermissions: false })).status, 403);
  });
});
