import assert from 'node:assert/strict';
import { HOUR } from '../../../src/base/clock.ts';
import { closeWorlds, INTEREST_GROUP } from '../../support/sync-world.ts';
import { BATCHED, P1, P2, openScenario } from '../../support/scenario.ts';

/** algorithm.md: each clock is corrected by what its `Date` header shows; our own counts for nothing but patience. */
describe('rules: clocks that are off', () => {
  closeWorlds();

  for (const [what, options] of [
    ['our own clock an hour ahead', { engineAhead: HOUR }],
    ['our own clock a day behind', { engineAhead: -24 * HOUR }],
    ['CiviCRM’s clock an hour ahead', { civicrmAhead: HOUR }],
    ['CiviCRM’s clock an hour behind, ours two ahead', { civicrmAhead: -HOUR, engineAhead: 2 * HOUR }],
  ] as const) {
    it(`${what}: the later word wins, either way`, async () => {
      const s = await openScenario(options);
      const wilma = await s.joined();
      s.civi.removes(wilma);
      s.passes(60);
      s.person.unsubscribes(P1);
      s.person.subscribes(P1);
      await s.comesToRest();
      s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
      s.mailchimpAdmin.unsubscribes(P1);
      s.passes(60);
      s.civi.removes(wilma);
      s.civi.adds(wilma);
      await s.comesToRest();
      s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
    });

    it(`${what}: a process that has just begun and hears a webhook first counts it right`, async () => {
      const s = await openScenario(options);
      const wilma = await s.added('Wilma', P1);
      s.mailchimpAdmin.archives(P1);
      s.sync.engine = await s.world.reopen({});
      await s.webhooksArrive();
      s.assertSides([P1, 'archived'], [wilma, 'Removed']);
    });

    it(`${what}: a process that has just begun and settles a batch first counts it right`, async () => {
      const s = await openScenario({ ...options, ...BATCHED });
      const wilma = await s.added('Wilma', P1);
      s.civi.adds(wilma, INTEREST_GROUP);
      s.passes(20);
      await s.sync.run();
      s.mailchimpAdmin.unsubscribes(P1);
      await s.batchesRun();
      s.sync.engine = await s.world.reopen({ submitSingly: 0 });
      await s.sync.handleBatches();
      await s.comesToRest();
      s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
    });

    it(`${what}: incremental runs miss nothing`, async () => {
      const s = await openScenario(options);
      const wilma = await s.joined();
      const betty = await s.added('Betty', P2);
      s.person.unsubscribes(P1);
      s.civi.removes(betty);
      s.passes(30);
      await s.sync.run();
      s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
      s.assertSides([P2, 'unsubscribed'], [betty, 'Removed']);
      s.civi.trashes(wilma);
      s.passes(30);
      await s.sync.run();
      assert.equal((await s.sync.row(P1)).contactId, null);
    });

    it(`${what}: a batch of unknown fate is found again`, async () => {
      const s = await openScenario({ ...options, list: { submitSingly: 0 } });
      const wilma = s.civi.creates('Wilma', P1);
      s.civi.adds(wilma);
      s.world.mailchimp.faults.add({ kind: 'reset', effect: true }, { method: 'POST' });
      await assert.rejects(s.sync.run());
      await s.batchesRun();
      assert.equal((await s.sync.handleBatches())['done'], 1);
      assert.equal(s.world.mailchimp.batches.all().length, 1);
      await s.comesToRest();
      s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
    });

    it(`${what}: a webhook says when`, async () => {
      const s = await openScenario(options);
      const wilma = await s.left();
      s.civi.adds(wilma);
      s.civi.removes(wilma);
      s.passes(10);
      s.mailchimpAdmin.subscribes(P1);
      await s.webhooksArrive();
      s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
    });
  }
});
