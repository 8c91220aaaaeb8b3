import assert from 'node:assert/strict';
import { SECOND } from '../../src/base/clock.ts';
import { SyncError } from '../../src/base/errors.ts';
import { P1, P2, openScenario } from '../support/scenario.ts';
import { closeWorlds, LIST, type WorldOptions } from '../support/sync-world.ts';

/** Whose clock one run says is how far off; a `Date` header shows whole seconds. */
const told = async (options: WorldOptions): Promise<readonly string[]> => {
  const s = await openScenario(options);
  await s.sync.run();
  return s.world.logged.flatMap((line) => {
    const [, service, seconds, side] = /the clock of (\w+) is (\d+) s (ahead of|behind) this machine's/.exec(line) ?? [];
    if (service === undefined) return [];
    assert.ok(Math.abs(Number(seconds) - 90) <= 1, line);
    return [`${service} ${side}`];
  });
};

describe('a service whose clock is more than a minute off', () => {
  closeWorlds();

  for (const [options, expected] of [
    [{ civicrmAhead: 90 * SECOND }, ['CiviCRM ahead of']],
    [{ civicrmAhead: -90 * SECOND }, ['CiviCRM behind']],
    [{ engineAhead: -90 * SECOND, civicrmAhead: -90 * SECOND }, ['Mailchimp ahead of']],
    [{ engineAhead: 90 * SECOND, civicrmAhead: 90 * SECOND }, ['Mailchimp behind']],
    [{ engineAhead: 90 * SECOND }, ['CiviCRM behind', 'Mailchimp behind']],
    [{ engineAhead: 58 * SECOND }, []],
    [{ engineAhead: -58 * SECOND, civicrmAhead: -116 * SECOND }, []],
  ] as const)
    it(`${JSON.stringify(options)}: ${expected.length === 0 ? 'nothing is told' : `${expected.join(' and ')} this machine's is told`}`, async () => {
      assert.deepEqual(await told(options), expected);
    });
});

describe('a site in another zone than the settings say', () => {
  closeWorlds();

  for (const mode of ['full', 'incremental'] as const)
    it(`refuses the ${mode} run before anything is written, on either side or in the store; with the right zone it goes on`, async () => {
      const s = await openScenario();
      const wilma = await s.joined(P1);
      s.civi.adds(s.civi.creates('Betty', P2));
      s.person.unsubscribes(P1);
      s.passes(60);
      const writes = s.sync.writes;
      const rows = await s.sync.rows();
      const updates = await s.sync.updates();
      const runs = await s.world.store.runs(LIST, 100);
      s.world.civicrm.setTimezone('Asia/Tokyo');
      await assert.rejects(s.sync.run(mode), (error) => error instanceof SyncError && error.code === 'timezone_mismatch' && error.message.includes('9 hours'));
      assert.equal(s.sync.writes, writes);
      assert.deepEqual(await s.sync.rows(), rows);
      assert.deepEqual(await s.sync.updates(), updates);
      assert.deepEqual(await s.world.store.runs(LIST, 100), runs);
      s.assertSides([P1, 'unsubscribed'], [wilma, 'Added']);
      assert.equal(s.member(P2), 'none');

      s.world.civicrm.setTimezone('UTC');
      await s.comesToRest();
      s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
      assert.equal(s.member(P2), 'subscribed');
    });
});
