import assert from 'node:assert/strict';
import { readSettings } from '../../../src/settings/read-settings.ts';
import { startSimulators } from '../../../src/simulator/simulators.ts';
import type { JsonObject } from '../../../src/simulator/simulator-settings.ts';
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts';
import { openEngine } from '../../../src/sync/open-engine.ts';
import { failuresIn, syncFully } from '../../support/full-sync.ts';
import { SqlSite } from './sql-place.ts';

describe('a whole sync with CiviCRM read by SQL', () => {
  let site: SqlSite;
  before(async function () {
    site = await SqlSite.of(this);
  });

  it('ends with 200 people of every kind as foretold, and a further run changes nothing', async function () {
    this.timeout(80_000);
    const place = await site.place();
    const simulators = await startSimulators({ people: 200, mirror: place.mirror });
    const settings = { ...simulators.settings, civicrm: { ...(simulators.settings['civicrm'] as JsonObject), access: 'sql+api', database: site.readerUrl } };
    const store = await openSqliteStore(':memory:');
    const engine = await openEngine(readSettings(settings), { store });
    try {
      for (let run = 0; run < 3; run++) await syncFully(engine, simulators);
      assert.deepEqual(simulators.judge(await failuresIn(store)).filter(({ differences }) => differences.length > 0), []);
      const sides = (): string => JSON.stringify([simulators.mailchimp.state.lists, [...simulators.civicrm.tables.subscriptionHistory.all()].length]);
      const before = sides();
      await syncFully(engine, simulators);
      assert.equal(sides(), before);
      const { civicrm } = engine.requests();
      assert.ok((civicrm.get('civicrm_subscription_history.get') ?? 0) > 0);
      assert.equal(civicrm.get('GroupContact.get') ?? 0, 0, 'group contacts were read by APIv4');
    } finally {
      await engine.close();
      await simulators.close();
      await place.remove();
    }
  });
});
