import assert from 'node:assert/strict';
import { SyncError } from '../../src/base/errors.ts';
import { contactId, emailAddress, groupId, writeId, type ContactId, type GroupId } from '../../src/base/ids.ts';
import { createCivicrm } from '../../src/civicrm/client.ts';
import type { CivicrmReader } from '../../src/civicrm/reader.ts';
import type { CivicrmWriter } from '../../src/civicrm/writer.ts';
import { ConnectionBudget } from '../../src/http/budget.ts';
import type { CivicrmFlavour, CivicrmSimulatorOptions } from '../../src/simulator/civicrm/options.ts';
import { CivicrmSimulator } from '../../src/simulator/civicrm/simulator.ts';
import { SeededRandom } from '../../src/simulator/seeded-random.ts';
import { evenRandom } from '../support/fake-clock.ts';
import { inProcessAdapter } from '../support/in-process-adapter.ts';
import { simulatedTime } from '../support/simulated-time.ts';
import { KEY, settings } from './site.ts';

const ORIGIN = 'http://127.0.0.1:8282';
const START = Date.UTC(2026, 10, 24, 9);

interface World {
  readonly simulator: CivicrmSimulator;
  readonly reader: CivicrmReader;
  readonly writer: CivicrmWriter;
  readonly time: ReturnType<typeof simulatedTime>;
  readonly newsletter: GroupId;
  readonly person: (firstName: string, email?: string) => ContactId;
}

function world(options: Partial<CivicrmSimulatorOptions> = {}, apiPath = settings.apiPath): World {
  const time = simulatedTime(START);
  const seeded = new SeededRandom(1);
  const simulator = new CivicrmSimulator({ clock: time.service, random: () => seeded.fraction(), apiKey: KEY, ...options });
  const adapter = inProcessAdapter(simulator, { now: () => time.service.now(), timedOut: (timeout) => time.service.advance(timeout) });
  const site = { ...settings, url: ORIGIN, apiPath, timezone: options.timezone ?? 'UTC' };
  const clients = createCivicrm(site, { clock: time.client, random: evenRandom, adapter, budget: new ConnectionBudget(4) });
  return {
    simulator,
    time,
    ...clients,
    newsletter: groupId(simulator.acts.createGroup({ title: 'Newsletter' })),
    person: (firstName, email) => contactId(simulator.acts.createContact({ firstName, lastName: 'Rubble', ...(email === undefined ? {} : { email }) })),
  };
}

const codeIs = (code: string) => (error: unknown) => error instanceof SyncError && error.code === code;
const add = (contact: ContactId, group: GroupId, status: 'Added' | 'Removed' = 'Added') => ({ contactId: contact, groupId: group, status });

describe('clients of CiviCRM on the simulated site', () => {
  for (const [flavour, apiPath] of [
    ['standalone', '/civicrm/ajax/api4/'],
    ['drupal', '/civicrm/ajax/api4/'],
    ['backdrop', '/civicrm/ajax/api4/'],
    ['wordpress', '/civicrm/ajax/api4/'],
    ['wordpress-plain', '/?civiwp=CiviCRM&q=civicrm/ajax/api4/'],
    ['joomla', '/index.php?option=com_civicrm&task=civicrm/ajax/api4/'],
  ] as const satisfies readonly (readonly [CivicrmFlavour, string])[]) {
    it(`probe, write and ask for several at once on ${flavour}`, async () => {
      const { reader, writer, person, newsletter } = world({ flavour }, apiPath);
      await reader.probe();
      const betty = person('Betty', 'betty@example.org');
      await writer.saveGroupContacts([add(betty, newsletter)], writeId('w'));
      assert.deepEqual(await reader.addedAfter(newsletter, null, 10), [betty]);
      assert.deepEqual([...(await reader.mergedTo([betty]))], []);
    });
  }

  it('find out that a permission to see is missing, instead of finding nobody', async () => {
    const one = world();
    one.simulator.setPermissions(KEY, ['authenticate with api key', 'access CiviCRM']);
    await assert.rejects(one.reader.probe(), codeIs('civicrm_unauthorized'));
    one.simulator.setPermissions(KEY, ['access CiviCRM', 'view all contacts']);
    await assert.rejects(one.reader.probe(), codeIs('civicrm_unauthorized'));
  });

  it('find out that the database is down, although the status is 200', async () => {
    const one = world();
    one.simulator.setCondition('database down');
    await assert.rejects(one.reader.probe(), codeIs('civicrm_unexpected'));
    one.simulator.setCondition('maintenance');
    await assert.rejects(one.reader.probe(), codeIs('civicrm_unreachable'));
  });

  it('create contacts that are found by their address, with names as given', async () => {
    const { reader, writer } = world();
    const names = ['Rock <b>& "Roll"</b>', 'L'.repeat(80), '', '🪨'.repeat(70)];
    const ids = await writer.createContacts(names.map((firstName, at) => ({ firstName, lastName: "O'Shale", email: emailAddress(`new${at}@example.org`), source: 'mailchimpsync' })));
    const contacts = await reader.contactsById(ids);
    assert.deepEqual(contacts.map(({ firstName }) => firstName), ['Rock <b>& "Roll"</b>', 'L'.repeat(64), '', '🪨'.repeat(64)]);
    const emails = await reader.emailsByAddress([0, 1, 2, 3].map((at) => emailAddress(`new${at}@example.org`)));
    assert.deepEqual(emails.map((one) => [one.contactId, one.isPrimary]), ids.map((id) => [id, true]));
  });

  it('set names of live contacts only', async () => {
    const { simulator, reader, writer, person } = world();
    const betty = person('Betty');
    await writer.saveNames(betty, { lastName: 'McBricker' });
    assert.deepEqual((await reader.contactsById([betty])).map(({ firstName, lastName }) => [firstName, lastName]), [['Betty', 'McBricker']]);
    simulator.acts.trash(betty);
    await assert.rejects(writer.saveNames(betty, { lastName: 'Rubble' }), codeIs('civicrm_refused'));
    await assert.rejects(writer.saveNames(contactId(999_999), { lastName: 'Rubble' }), codeIs('civicrm_refused'));
  });

  it('give an address as the bulk-mail one, once, and put it on hold', async () => {
    const { reader, writer, person } = world();
    const betty = person('Betty', 'old@example.org');
    await writer.addEmail(betty, emailAddress('new@example.org'));
    await writer.addEmail(betty, emailAddress('new@example.org'));
    await writer.holdEmail(betty, emailAddress('new@example.org'));
    const emails = await reader.emailsOfContacts([betty]);
    assert.deepEqual(emails.map(({ email, isPrimary, isBulkmail, onHold }) => [email, isPrimary, isBulkmail, onHold]), [['new@example.org', false, true, 1], ['old@example.org', true, false, 0]]);
  });

  it('say that a write may have been done when its answer is lost, and do not send it again', async () => {
    const { simulator, reader, writer, person, newsletter } = world();
    const betty = person('Betty');
    simulator.plan({ fault: { kind: 'done-reset' }, entity: 'GroupContact', action: 'save' });
    await assert.rejects(writer.saveGroupContacts([add(betty, newsletter)], writeId('w')), (error: unknown) => error instanceof SyncError && error.message.includes('may have been done'));
    assert.equal((await reader.history([betty], [newsletter])).length, 1);
  });

  it('read through faults', async () => {
    const { simulator, reader, person } = world();
    const betty = person('Betty');
    for (const fault of [{ kind: 'reset' }, { kind: 'status', status: 502 }, { kind: 'status', status: 500 }] as const) simulator.plan({ fault, entity: 'Contact', action: 'get' });
    assert.equal((await reader.contactsById([betty])).length, 1);
    simulator.plan({ fault: { kind: 'reset' }, entity: 'api4', action: 'batch' });
    assert.equal((await reader.mergedTo([betty])).size, 0);
  });

  it('keep names out of what they say of a refusal', async () => {
    const { writer, person, newsletter } = world();
    const betty = person('Betty');
    await assert.rejects(writer.saveGroupContacts([add(betty, newsletter), add(contactId(999_999), newsletter)], writeId('w')), (error: unknown) => error instanceof SyncError && error.code === 'civicrm_refused' && !error.message.includes(KEY));
  });
});
