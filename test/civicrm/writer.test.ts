import assert from 'node:assert/strict';
import { SyncError } from '../../src/base/errors.ts';
import { contactId, emailAddress, groupId, writeId } from '../../src/base/ids.ts';
import { ScriptedService } from '../support/scripted-service.ts';
import { clientsOf, formOf, values } from './site.ts';

const WILMA = emailAddress('wilma@example.org');
const newContact = { firstName: 'Wilma', lastName: 'Flintstone', email: WILMA, source: 'mailchimpsync' };
const emailRow = (id: number, email: string, onHold = 0): object => ({ id, contact_id: 11, email, is_primary: true, is_bulkmail: false, on_hold: onHold });
const paths = (service: ScriptedService): string[] => service.asked.map(({ path }) => path.split('/').slice(-2).join('.'));
const codeIs = (code: string) => (error: unknown) => error instanceof SyncError && error.code === code;

describe('writing CiviCRM', () => {
  it('saves group contacts by group and contact, marked as ours', async () => {
    const service = new ScriptedService(values([{ id: 1 }, { id: 2 }]));
    await clientsOf(service).writer.saveGroupContacts(
      [
        { contactId: contactId(11), groupId: groupId(2), status: 'Added' },
        { contactId: contactId(12), groupId: groupId(2), status: 'Removed' },
      ],
      writeId('w1'),
    );
    assert.deepEqual(formOf(service.asked[0]), {
      records: [
        { group_id: 2, contact_id: 11, status: 'Added' },
        { group_id: 2, contact_id: 12, status: 'Removed' },
      ],
      match: ['group_id', 'contact_id'],
      tracking: 'mailchimpsync:w1',
    });
  });

  it('does nothing for no records, refuses too many, and misses none in the answer', async () => {
    const service = new ScriptedService(values([]));
    const { writer } = clientsOf(service);
    await writer.saveGroupContacts([], writeId('w'));
    assert.deepEqual(await writer.createContacts([]), []);
    assert.equal(service.asked.length, 0);
    const record = { contactId: contactId(11), groupId: groupId(2), status: 'Added' as const };
    await assert.rejects(writer.saveGroupContacts(Array.from({ length: 101 }, () => record), writeId('w')), codeIs('internal'));
    await assert.rejects(writer.createContacts(Array.from({ length: 26 }, () => newContact)), codeIs('internal'));
    await assert.rejects(writer.saveGroupContacts([record], writeId('w')), codeIs('civicrm_unexpected'));
  });

  it('creates individuals with their address and gives their ids in order', async () => {
    const service = new ScriptedService(values([{ id: 40 }, { id: 41 }]));
    const ids = await clientsOf(service).writer.createContacts([newContact, { ...newContact, firstName: '', lastName: '' }]);
    assert.deepEqual(ids, [40, 41]);
    assert.deepEqual(formOf(service.asked[0]), {
      records: [
        { contact_type: 'Individual', first_name: 'Wilma', last_name: 'Flintstone', 'email_primary.email': 'wilma@example.org', source: 'mailchimpsync' },
        { contact_type: 'Individual', 'email_primary.email': 'wilma@example.org', source: 'mailchimpsync' },
      ],
    });
  });

  it('cuts names to the column and refuses an address that does not fit', async () => {
    const service = new ScriptedService(values([{ id: 40 }]));
    const { writer } = clientsOf(service);
    await writer.createContacts([{ ...newContact, firstName: 'L'.repeat(80) }]);
    assert.equal((formOf(service.asked[0]) as { records: { first_name: string }[] }).records[0]?.first_name, 'L'.repeat(64));
    await assert.rejects(writer.createContacts([{ ...newContact, email: emailAddress(`${'x'.repeat(250)}@example.org`) }]), codeIs('civicrm_refused'));
  });

  it('sets the names given of a live contact, and says so when there is none', async () => {
    const service = new ScriptedService(values([{ id: 11 }]), values([]));
    const { writer } = clientsOf(service);
    await writer.saveNames(contactId(11), { lastName: 'Rubble' });
    assert.deepEqual(formOf(service.asked[0]), { where: [['id', '=', 11], ['is_deleted', '=', false]], values: { last_name: 'Rubble' } });
    await assert.rejects(writer.saveNames(contactId(11), { lastName: 'Rubble' }), codeIs('civicrm_refused'));
    await writer.saveNames(contactId(11), {});
    assert.equal(service.asked.length, 2);
  });

  it('gives a contact an address as its bulk-mail one, unless it has it', async () => {
    const lacking = new ScriptedService(values([emailRow(1, 'other@example.org')]), values([{ id: 2 }]));
    await clientsOf(lacking).writer.addEmail(contactId(11), WILMA);
    assert.deepEqual(paths(lacking), ['Email.get', 'Email.create']);
    assert.deepEqual(formOf(lacking.asked[1]), { values: { contact_id: 11, email: 'wilma@example.org', is_bulkmail: true } });
    const having = new ScriptedService(values([emailRow(1, 'Wilma@Example.org')]));
    await clientsOf(having).writer.addEmail(contactId(11), WILMA);
    assert.deepEqual(paths(having), ['Email.get']);
  });

  it('puts just the rows of that address on hold that are not', async () => {
    const service = new ScriptedService(values([emailRow(1, 'wilma@example.org'), emailRow(2, 'wilma@example.org', 2), emailRow(3, 'wílma@example.org')]), values([{ id: 1 }]));
    await clientsOf(service).writer.holdEmail(contactId(11), WILMA);
    assert.deepEqual(formOf(service.asked[1]), { where: [['id', 'IN', [1]], ['contact_id', '=', 11]], values: { on_hold: 1 } });
    const held = new ScriptedService(values([emailRow(1, 'wilma@example.org', 1)]));
    await clientsOf(held).writer.holdEmail(contactId(11), WILMA);
    assert.deepEqual(paths(held), ['Email.get']);
  });
});
