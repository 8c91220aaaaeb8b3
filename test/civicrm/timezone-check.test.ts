import assert from 'node:assert/strict';
import { SyncError } from '../../src/base/errors.ts';
import { createCivicrm } from '../../src/civicrm/client.ts';
import type { CivicrmReader } from '../../src/civicrm/reader.ts';
import { ConnectionBudget } from '../../src/http/budget.ts';
import { CivicrmSimulator } from '../../src/simulator/civicrm/simulator.ts';
import { SeededRandom } from '../../src/simulator/seeded-random.ts';
import { evenRandom } from '../support/fake-clock.ts';
import { inProcessAdapter } from '../support/in-process-adapter.ts';
import { simulatedTime } from '../support/simulated-time.ts';
import { KEY, settings } from './site.ts';

/** A site in one zone, settings that say another, and somebody added to a group at each of some moments. */
function site(zone: string, said: string, moments: readonly number[]): CivicrmReader {
  const time = simulatedTime(moments[0] ?? Date.UTC(2026, 10, 24, 9));
  const seeded = new SeededRandom(1);
  const simulator = new CivicrmSimulator({ clock: time.service, random: () => seeded.fraction(), apiKey: KEY, timezone: zone });
  const group = simulator.acts.createGroup({ title: 'Newsletter' });
  for (const moment of moments) {
    time.service.set(moment);
    simulator.acts.addToGroup(simulator.acts.createContact({ firstName: 'Wilma', lastName: 'Flintstone' }), group);
  }
  const origin = 'http://127.0.0.1:8283';
  const adapter = inProcessAdapter(simulator, { now: () => time.service.now(), timedOut: (timeout) => time.service.advance(timeout) });
  return createCivicrm({ ...settings, url: origin, timezone: said }, { clock: time.client, random: evenRandom, adapter, budget: new ConnectionBudget(4) }).reader;
}

const WINTER = Date.UTC(2026, 10, 24, 9);

describe('the time zone of the site', () => {
  for (const zone of ['UTC', 'Europe/London', 'Asia/Kathmandu', 'America/New_York'])
    it(`passes where the settings say it: ${zone}`, async () => {
      await site(zone, zone, [WINTER, WINTER + 60_000]).checkTimezone();
    });

  it('another than in the settings is told, with the distance', async () => {
    await assert.rejects(site('America/New_York', 'UTC', [WINTER]).checkTimezone(), (error: unknown) => {
      assert.ok(error instanceof SyncError);
      assert.equal(error.code, 'timezone_mismatch');
      assert.match(error.message, /not in UTC: .* 5 hours later/);
      return true;
    });
  });

  it('a quarter of an hour off is told as well', async () => {
    await assert.rejects(site('Asia/Kathmandu', 'Asia/Kolkata', [WINTER]).checkTimezone(), /0\.25 hours earlier/);
  });

  it('a site without history says nothing', async () => {
    await site('America/New_York', 'UTC', []).checkTimezone();
  });

  it('latest dates in the hour that comes twice do not stop a run', async () => {
    const second = Date.UTC(2026, 9, 25, 1, 30); // London: 01:30 for the second time
    await site('Europe/London', 'Europe/London', [Date.UTC(2026, 8, 1, 12), second, second + 1000, second + 2000]).checkTimezone();
  });
});
