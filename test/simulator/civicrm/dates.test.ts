import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { parseTime } from '../../../src/simulator/civicrm/php-time.ts';
import { NOW, call, rows, site } from './site.ts';

const DAY = 86_400_000;
const local = (time: number): unknown => ({ time, zone: 'local' });
const utc = (time: number): unknown => ({ time, zone: 'utc' });

describe('simulated CiviCRM: dates', () => {
  it('have no offset and are in the zone of the site', async () => {
    const { civi } = site({ timezone: 'America/New_York' });
    assert.deepEqual(await rows(civi, 'Contact.get', { select: ['created_date'], where: [['id', '=', 1]] }), [{ id: 1, created_date: '2026-11-24 07:00:00' }]);
    civi.setTimezone('UTC');
    assert.deepEqual(await rows(civi, 'Contact.get', { select: ['created_date'], where: [['id', '=', 1]] }), [{ id: 1, created_date: '2026-11-24 12:00:00' }]);
  });

  it('as bounds are honoured with Z or an offset, and read in the zone of the site without', async () => {
    const { civi } = site({ timezone: 'America/New_York' });
    const since = async (bound: string): Promise<number | undefined> => (await call(civi, 'Contact.get', { select: ['row_count'], where: [['modified_date', '>=', bound]] })).countMatched;
    assert.equal(await since('2026-11-24T12:00:00Z'), 3);
    assert.equal(await since('2026-11-24T12:00:01Z'), 0);
    assert.equal(await since('2026-11-24T13:00:00+01:00'), 3);
    assert.equal(await since('2026-11-24 07:00:00'), 3);
    assert.equal(await since('2026-11-24 12:00:00'), 0);
    assert.equal(await since('now - 1 day'), 3);
  });

  it('that cannot be read become 1970, so that everything matches', async () => {
    const { civi } = site();
    assert.equal((await call(civi, 'Contact.get', { select: ['row_count'], where: [['modified_date', '>=', 'no such date']] })).countMatched, 3);
  });

  it('of winter are shown an hour off in summer, since the session has the offset of now', async () => {
    const { civi, clock } = site({ timezone: 'Europe/London' });
    clock.set(Date.UTC(2027, 6, 1));
    assert.deepEqual(await rows(civi, 'Contact.get', { select: ['created_date'], where: [['id', '=', 1]] }), [{ id: 1, created_date: '2026-11-24 13:00:00' }]);
  });

  it('follow the skewed clock of the site in whole seconds', () => {
    const { civi } = site({ skew: 1500 });
    assert.equal(civi.tables.contact.get(1)?.created_date, NOW + 1000);
  });

  it('are read in the forms that programs send', () => {
    assert.deepEqual(parseTime('2026-11-24', NOW), local(Date.UTC(2026, 10, 24)));
    assert.deepEqual(parseTime('20261124120000', NOW), local(NOW));
    assert.deepEqual(parseTime('2026-11-24T12:00:00.5Z', NOW), utc(NOW));
    assert.deepEqual(parseTime('2026-11-24 14:00:00 +0200', NOW), utc(NOW));
    assert.deepEqual(parseTime(`@${NOW / 1000}`, 0), utc(NOW));
    assert.deepEqual(parseTime('now', NOW), utc(NOW));
    assert.deepEqual(parseTime('-2 days', NOW), utc(NOW - 2 * DAY));
    for (const text of ['31/02/1960', '', 'soon', '2026-13-01', 'now - 1 fortnight']) assert.equal(parseTime(text, NOW), null, text);
  });
});
