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
});
