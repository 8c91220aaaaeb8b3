import assert from 'node:assert/strict';
import { SyncError } from '../../src/base/errors.ts';
import { SiteDates, bound } from '../../src/civicrm/dates.ts';

const read = (timezone: string, text: string): string | null => {
  const instant = new SiteDates(timezone).read(text);
  return instant === null ? null : new Date(instant).toISOString();
};

describe('dates of a CiviCRM site', () => {
  it('are in its own zone, summer and winter', () => {
    assert.equal(read('UTC', '2026-11-23 09:06:43'), '2026-11-23T09:06:43.000Z');
    assert.equal(read('America/New_York', '2026-11-23 04:06:43'), '2026-11-23T09:06:43.000Z');
    assert.equal(read('Europe/London', '2026-07-01 12:00:00'), '2026-07-01T11:00:00.000Z');
    assert.equal(read('Asia/Kathmandu', '2026-07-01 12:00:00'), '2026-07-01T06:15:00.000Z');
  });

  it('in the hour that comes twice are the earlier of the two moments', () => {
    assert.equal(read('Europe/London', '2026-10-25 01:30:00'), '2026-10-25T00:30:00.000Z');
    assert.equal(read('America/New_York', '2026-11-01 01:30:00'), '2026-11-01T05:30:00.000Z');
  });

  it('around that hour are what they say', () => {
    assert.equal(read('Europe/London', '2026-10-25 00:59:59'), '2026-10-24T23:59:59.000Z');
    assert.equal(read('Europe/London', '2026-10-25 02:00:00'), '2026-10-25T02:00:00.000Z');
  });

  it('in the hour that is missing are read as if the clocks had not moved', () => {
    assert.equal(read('Europe/London', '2026-03-29 01:30:00'), '2026-03-29T01:30:00.000Z');
    assert.equal(read('America/New_York', '2026-03-08 02:30:00'), '2026-03-08T07:30:00.000Z');
  });

  it('follow clocks that move by half an hour', () => {
    assert.equal(read('Australia/Lord_Howe', '2026-04-05 01:45:00'), '2026-04-04T14:45:00.000Z');
    assert.equal(read('Australia/Lord_Howe', '2026-04-05 02:00:00'), '2026-04-04T15:30:00.000Z');
  });

  it('are the same whichever were read before', () => {
    const dates = new SiteDates('Europe/London');
    const texts = ['2026-10-25 01:30:00', '2026-03-29 03:00:00', '2026-10-25 01:30:00'];
    const instants = texts.map((text) => dates.read(text));
    assert.equal(instants[0], instants[2]);
  });

  it('read back to the moment of every quarter of an hour of a year, but for the hour that comes twice', () => {
    const dates = new SiteDates('Europe/London');
    const format = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Europe/London', dateStyle: 'short', timeStyle: 'medium' });
    let different = 0;
    for (let moment = Date.UTC(2026, 0, 1); moment < Date.UTC(2027, 0, 1); moment += 900_000) if (dates.read(format.format(moment)) !== moment) different += 1;
    assert.equal(different, 4);
  });

  for (const text of ['', '2026-11-23', '20261123090640', 'null', '2026-02-31 00:00:00', '2026-11-23 24:00:00', '2026-11-23T09:06:43Z']) {
    it(`"${text}" is none`, () => assert.equal(read('UTC', text), null));
  }

  it('need a zone that exists', () => {
    assert.throws(() => new SiteDates('Europe/Bedrock'), (error: unknown) => error instanceof SyncError && error.code === 'settings_invalid' && error.message.includes('Europe/Bedrock'));
  });

  it('as bounds say that they are UTC', () => {
    assert.equal(bound(Date.UTC(2026, 10, 23, 8, 9, 37, 999)), '2026-11-23T08:09:37Z');
  });
});
