import assert from 'node:assert/strict';
import { SyncError } from '../../src/base/errors.ts';
import { SiteDates, bound } from '../../src/civicrm/dates.ts';

const WINTER = Date.UTC(2026, 10, 24, 9);
const SUMMER = Date.UTC(2026, 6, 24, 9);

const iso = (instant: number | null): string | null => (instant === null ? null : new Date(instant).toISOString());
const read = (timezone: string, text: string, now = WINTER): string | null => iso(new SiteDates(timezone, () => now).read(text));
const found = (timezone: string, text: string): string | null => iso(new SiteDates(timezone, () => WINTER).found(text));

describe('dates of a CiviCRM site', () => {
  it('are in its own zone, summer and winter', () => {
    assert.equal(read('UTC', '2026-11-23 09:06:43'), '2026-11-23T09:06:43.000Z');
    assert.equal(read('America/New_York', '2026-11-23 04:06:43'), '2026-11-23T09:06:43.000Z');
    assert.equal(read('Asia/Kathmandu', '2026-07-01 12:00:00'), '2026-07-01T06:15:00.000Z');
  });

  it('are shown with the offset of now, whatever the season that they are of', () => {
    assert.equal(read('Europe/London', '2026-07-01 12:00:00', SUMMER), '2026-07-01T11:00:00.000Z');
    assert.equal(read('Europe/London', '2026-07-01 11:00:00', WINTER), '2026-07-01T11:00:00.000Z');
    assert.equal(read('Europe/London', '2026-01-01 13:00:00', SUMMER), '2026-01-01T12:00:00.000Z');
  });

  it('in the hour that comes twice are found by the earlier of the two moments', () => {
    assert.equal(found('Europe/London', '2026-10-25 01:30:00'), '2026-10-25T00:30:00.000Z');
    assert.equal(found('America/New_York', '2026-11-01 01:30:00'), '2026-11-01T05:30:00.000Z');
  });

  it('around that hour are found by what they say', () => {
    assert.equal(found('Europe/London', '2026-10-25 00:59:59'), '2026-10-24T23:59:59.000Z');
    assert.equal(found('Europe/London', '2026-10-25 02:00:00'), '2026-10-25T02:00:00.000Z');
  });

  it('in the hour that is missing are found as if the clocks had not moved', () => {
    assert.equal(found('Europe/London', '2026-03-29 01:30:00'), '2026-03-29T01:30:00.000Z');
    assert.equal(found('America/New_York', '2026-03-08 02:30:00'), '2026-03-08T07:30:00.000Z');
  });

  it('follow clocks that move by half an hour', () => {
    assert.equal(found('Australia/Lord_Howe', '2026-04-05 01:45:00'), '2026-04-04T14:45:00.000Z');
    assert.equal(found('Australia/Lord_Howe', '2026-04-05 02:00:00'), '2026-04-04T15:30:00.000Z');
  });

  it('are the same whichever were read before', () => {
    const dates = new SiteDates('Europe/London', () => WINTER);
    const texts = ['2026-10-25 01:30:00', '2026-03-29 03:00:00', '2026-10-25 01:30:00'];
    const instants = texts.map((text) => dates.found(text));
    assert.equal(instants[0], instants[2]);
  });

  it('are found by the moment of every quarter of an hour of a year, but for the hour that comes twice', () => {
    const dates = new SiteDates('Europe/London', () => WINTER);
    const format = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/London', dateStyle: 'short', timeStyle: 'medium' });
    let different = 0;
    for (let moment = Date.UTC(2026, 0, 1); moment < Date.UTC(2027, 0, 1); moment += 900_000) if (dates.found(format.format(moment)) !== moment) different += 1;
    assert.equal(different, 4);
  });

  for (const text of ['', '2026-11-23', '20261123090640', 'null', '2026-02-31 00:00:00', '2026-11-23 24:00:00', '2026-11-23T09:06:43Z']) {
    it(`"${text}" is none`, () => assert.equal(read('UTC', text), null));
  }

  it('need a zone that exists', () => {
    assert.throws(() => new SiteDates('Europe/Bedrock', () => WINTER), (error: unknown) => error instanceof SyncError && error.code === 'settings_invalid' && error.message.includes('Europe/Bedrock'));
  });

  it('as bounds reach back an hour where clocks went back since, and not where they did not', () => {
    const dates = new SiteDates('Europe/London', () => WINTER);
    assert.equal(dates.since(Date.UTC(2026, 9, 25, 0, 30)), '2026-10-24T23:30:00Z');
    assert.equal(dates.since(Date.UTC(2026, 10, 23, 8)), '2026-11-23T08:00:00Z');
    assert.equal(new SiteDates('Europe/London', () => SUMMER).since(Date.UTC(2026, 2, 29, 0, 30)), '2026-03-29T00:30:00Z');
  });

  it('as bounds say that they are UTC', () => {
    assert.equal(bound(Date.UTC(2026, 10, 23, 8, 9, 37, 999)), '2026-11-23T08:09:37Z');
  });
});
