import assert from 'node:assert/strict';
import { readSettings } from '../../../src/settings/read-settings.ts';
import { startSimulators } from '../../../src/simulator/simulators.ts';
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts';
import { openEngine } from '../../../src/sync/open-engine.ts';
import { failuresIn, syncFully } from '../../support/full-sync.ts';

describe('people after real syncs', () => {
  it('are all as foretold after three full runs, each kind, and a fourth changes nothing', async function () {
    this.timeout(60_000);
    const simulators = await startSimulators({ people: 300 });
    const store = await openSqliteStore(':memory:');
    const engine = await openEngine(readSettings(simulators.settings), { store });
    try {
      for (let run = 0; run < 3; run++) await syncFully(engine, simulators);
      const differing = simulators.judge(await failuresIn(store)).filter(({ differences }) => differences.length > 0);
      assert.deepEqual(differing, []);
      const before = JSON.stringify([simulators.mailchimp.state.lists, [...simulators.civicrm.tables.subscriptionHistory.all()].length]);
      await syncFully(engine, simulators);
      assert.equal(JSON.stringify([simulators.mailchimp.state.lists, [...simulators.civicrm.tables.subscriptionHistory.all()].length]), before);
    } finally {
      await engine.close();
      await simulators.close();
    }
  });
});
