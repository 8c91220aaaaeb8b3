import assert from 'node:assert/strict';
import { SyncError } from '../../src/base/errors.ts';
import { world } from '../../src/simulator/world.ts';
import { P1, P2, openScenario } from '../support/scenario.ts';
import { closeWorlds } from '../support/sync-world.ts';

const SECRETS = [world.mailchimp.apiKey, world.civicrm.apiKey];
const PEOPLE = [P1, P2, 'Wilhelmina', 'Bartholomew'];

describe('a run through faults', () => {
  closeWorlds();

  const faults = [{ kind: 'too-many-requests', body: true }, { kind: 'forbidden' }, { kind: 'server-error' }, { kind: 'reset' }, { kind: 'reset', effect: true }] as const;
  for (const fault of faults)
    it(`tells neither keys nor people in any line or error: ${JSON.stringify(fault)}`, async () => {
      const s = await openScenario({ civicrmAhead: 90_000 });
      s.civi.adds(s.civi.creates('Wilhelmina', P1));
      s.civi.adds(s.civi.creates('Bartholomew', P2));
      s.person.subscribes('p3@example.org');
      s.world.mailchimp.faults.add(fault, { times: 1000 });
      const told: string[] = [];
      await s.sync.run().catch((error: unknown) => {
        assert.ok(error instanceof SyncError, String(error));
        told.push(error.message, error.stack ?? '', JSON.stringify(error));
      });
      told.push(...s.world.logged);
      assert.ok(told.length > 0, 'nothing was told');
      for (const hidden of [...SECRETS, ...PEOPLE]) assert.ok(!told.join('\n').includes(hidden), `${hidden} in: ${told.join('\n')}`);
    });

  const writes = [
    { service: 'mailchimp', fault: { kind: 'server-error', effect: true }, at: { method: 'PUT' } },
    { service: 'mailchimp', fault: { kind: 'reset', effect: true }, at: { method: 'PATCH' } },
    { service: 'mailchimp', fault: { kind: 'html' }, at: { method: 'GET', path: /members/ } },
    { service: 'civicrm', fault: { kind: 'status', status: 500 }, at: { entity: 'GroupContact', action: 'save' } },
    { service: 'civicrm', fault: { kind: 'done-reset' }, at: { entity: 'Contact', action: 'save' } },
    { service: 'civicrm', fault: { kind: 'html' }, at: { entity: 'Email', action: 'get' } },
  ] as const;
  for (const write of writes)
    it(`nor one that recovers: ${write.fault.kind} of ${write.service}, ${Object.values(write.at).join(' ')}`, async () => {
      const s = await openScenario();
      const contact = await s.joined(P1);
      s.civi.removes(contact);
      s.civi.adds(s.civi.creates('Bartholomew', P2));
      s.person.subscribes('p3@example.org', { mergeFields: { FNAME: 'Wilhelmina' } });
      if (write.service === 'mailchimp') s.world.mailchimp.faults.add(write.fault, { ...write.at, times: 3 });
      else s.world.civicrm.plan({ fault: write.fault, ...write.at, times: 3 });
      const told: string[] = [];
      for (let round = 0; round < 4; round++) {
        s.passes(60);
        await s.sync.run().catch((error: unknown) => {
          assert.ok(error instanceof SyncError, String(error));
          told.push(error.message, error.stack ?? '', JSON.stringify(error));
        });
      }
      told.push(...s.world.logged, ...(await s.sync.updates()).flatMap((update) => update.answer ?? []));
      assert.ok(told.length > 0, 'nothing was told: the fault did not strike');
      for (const hidden of [...SECRETS, ...PEOPLE, 'p3@example.org']) assert.ok(!told.join('\n').includes(hidden), `${hidden} in: ${told.join('\n')}`);
      await s.comesToRest();
      s.assertSides([P1, 'unsubscribed'], [contact, 'Removed']);
      assert.equal(s.member(P2), 'subscribed');
    });
});
