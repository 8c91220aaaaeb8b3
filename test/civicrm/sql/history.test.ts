import assert from 'node:assert/strict';
import { DAY } from '../../../src/base/clock.ts';
import { historyId } from '../../../src/base/ids.ts';
import { worldsOf } from '../../contract/reader/reader-world.ts';
import { SqlSite, type SqlPlace } from './sql-place.ts';

const SUMMER = Date.UTC(2026, 6, 24, 9);
const WINTER = Date.UTC(2026, 10, 24, 9);
/** In London the clocks went back at 01:00 UTC: 01:30 was shown twice. */
const TWICE = Date.UTC(2026, 9, 25, 0, 30);

describe('the history in CiviCRM\'s database', () => {
  let site: SqlSite;
  let place: SqlPlace;
  before(async function () {
    site = await SqlSite.of(this);
  });

  describe('in a DATETIME column, as old sites have it', () => {
    for (const timezone of ['UTC', 'Europe/London', 'America/New_York']) {
      const open = worldsOf(() => site.place({ timezone, history: 'DATETIME' }));

      it(`is dated as the clocks of a site in ${timezone} stood on that day`, async () => {
        const { reader, person, newsletter, time, happens } = await open({ timezone });
        const betty = await happens(() => person('Betty'));
        for (const moment of [SUMMER, WINTER, WINTER + DAY]) {
          time.service.set(moment);
          await happens((acts) => acts.addToGroup(betty, newsletter) || acts.removeFromGroup(betty, newsletter));
        }
        await reader.probe();
        assert.deepEqual((await reader.history([betty], [newsletter])).map(({ date, status }) => [date, status]), [[SUMMER, 'Added'], [WINTER, 'Removed'], [WINTER + DAY, 'Added']]);
        assert.deepEqual((await reader.historySince(historyId(0), [newsletter], 10)).map(({ date }) => date), [SUMMER, WINTER, WINTER + DAY]);
        assert.equal((await reader.contactsById([betty]))[0]?.modified, WINTER); // a TIMESTAMP all the same
      });
    }

    const open = worldsOf(() => site.place({ timezone: 'Europe/London', history: 'DATETIME' }));

    it('is dated with the earlier moment of an hour that comes twice', async () => {
      const { reader, person, newsletter, time, happens } = await open({ timezone: 'Europe/London' });
      const betty = await happens(() => person('Betty'));
      for (const moment of [TWICE, TWICE + 3_600_000]) {
        time.service.set(moment);
        await happens((acts) => acts.addToGroup(betty, newsletter) || acts.removeFromGroup(betty, newsletter));
      }
      time.service.set(WINTER);
      assert.deepEqual((await reader.history([betty], [newsletter])).map(({ date }) => date), [TWICE, TWICE]);
    });
  });

  describe('in a TIMESTAMP column', () => {
    const open = worldsOf(async () => (place = await site.place({ timezone: 'Europe/London' })));

    it('tells the two hours apart that the clocks show twice', async () => {
      const { reader, person, newsletter, time, happens } = await open({ timezone: 'Europe/London' });
      const betty = await happens(() => person('Betty'));
      for (const moment of [TWICE, TWICE + 3_600_000]) {
        time.service.set(moment);
        await happens((acts) => acts.addToGroup(betty, newsletter) || acts.removeFromGroup(betty, newsletter));
      }
      time.service.set(WINTER);
      assert.deepEqual((await reader.history([betty], [newsletter])).map(({ date }) => date), [TWICE, TWICE + 3_600_000]);
    });

    it('does not show what another writer has not committed, also when a later id is there', async () => {
      const { reader, person, newsletter, happens } = await open({ timezone: 'Europe/London' });
      const [betty, barney] = await happens(() => [person('Betty'), person('Barney')] as const);
      const writer = await site.connect();
      try {
        const insert = (id: number, contact: number): string => `INSERT INTO civicrm_subscription_history (id, contact_id, group_id, date, method, status) VALUES (${id}, ${contact}, ${newsletter}, '2026-11-24 09:00:00', 'Admin', 'Added')`;
        await writer.beginTransaction();
        await writer.query(insert(1, betty));
        await place.administrator.query(insert(2, barney));
        assert.deepEqual((await reader.historySince(historyId(0), [newsletter], 10)).map(({ id }) => id), [2]);
        assert.deepEqual(await reader.historyIds(historyId(1), historyId(2)), new Set([2]));
        await writer.commit();
        assert.deepEqual((await reader.historySince(historyId(0), [newsletter], 10)).map(({ id }) => id), [1, 2]);
      } finally {
        await writer.end();
      }
    });
  });
});
