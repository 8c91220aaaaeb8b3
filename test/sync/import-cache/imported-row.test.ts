import assert from 'node:assert/strict';
import { HOUR } from '../../../src/base/clock.ts';
import { SiteDates } from '../../../src/civicrm/dates.ts';
import { readSettings } from '../../../src/settings/read-settings.ts';
import { simulatorSettings } from '../../../src/simulator/simulator-settings.ts';
import type { NewRow } from '../../../src/store/entities.ts';
import type { CacheLine } from '../../../src/sync/import-cache/cache-line.ts';
import { importedRow, lastFetch, type ImportedRow } from '../../../src/sync/import-cache/imported-row.ts';
import { GROUP, INTEREST, LIST } from '../../support/sync-world.ts';
import { phpText } from './extension.ts';

/** Summer time in London, where the extension's dates are an hour ahead of UTC. */
const UPDATED = Date.UTC(2026, 6, 20, 8);
const SAID = Date.UTC(2026, 5, 1, 11, 30);
const FETCHED = Date.UTC(2026, 6, 21, 9);

const settings = readSettings(simulatorSettings({ mailchimpUrl: 'http://127.0.0.1:1', civicrmUrl: 'http://127.0.0.1:2', timezone: 'Europe/London', webhookBase: 'http://127.0.0.1:3' })).audiences.get(LIST)!;
const dates = new SiteDates('Europe/London', () => Date.UTC(2026, 10, 24));
const bytes = (value: unknown): Buffer => Buffer.from(phpText(value));

const line = (more: Partial<CacheLine> = {}): CacheLine => ({
  id: 7,
  listId: LIST,
  memberHash: 'a'.repeat(32),
  email: 'Wilma@Example.org',
  status: 'subscribed',
  updated: '2026-07-20 09:00:00',
  mailchimpData: null,
  civicrmData: null,
  groups: null,
  contactId: 11,
  syncStatus: 'ok',
  ...more,
});
const imported = (more: Partial<CacheLine>, fetchedAt: number | null = FETCHED): ImportedRow | null => importedRow(line(more), { settings, dates, fetchedAt });
const rowOf = (more: Partial<CacheLine>, fetchedAt?: number | null): NewRow => imported(more, fetchedAt)?.row ?? assert.fail('left out');

describe('a line of the extension as a row', () => {
  it('has the address in lower case, as agreed on, the member\'s hash and the contact', () => {
    const row = rowOf({});
    assert.deepEqual([row.email, row.agreedEmail, row.memberHash, row.contactId, row.memberContactId], ['wilma@example.org', 'wilma@example.org', 'a'.repeat(32), 11, null]);
  });

  const newer = { status: 'subscribed', 'status@': '20260601123000', first_name: 'Wilma', 'first_name@': '20260601123000', last_name: null, [`interest-${INTEREST}`]: true, [`interest-${INTEREST}@`]: '20260601123000' };

  it('knows from newer versions when each fact changed', () => {
    const row = rowOf({ mailchimpData: bytes(newer) });
    assert.deepEqual(row.member, { status: 'subscribed', lastChanged: UPDATED, timestampOpt: SAID, interests: { [INTEREST]: true }, firstName: 'Wilma', lastName: '' });
    assert.deepEqual(row.memory.status, { value: true, since: -1, at: SAID, source: 'mailchimp' });
    assert.deepEqual(row.memory.own, row.memory.status);
    assert.deepEqual(row.memory.interests, { [INTEREST]: { value: true, since: SAID, at: SAID, source: 'mailchimp' } });
  });

  it('knows from older versions only when the member changed', () => {
    const row = rowOf({ status: 'unsubscribed', mailchimpData: bytes({ first_name: 'Wilma', last_name: 'Flintstone', interests: { [INTEREST]: false, other: true } }) });
    assert.deepEqual(row.memory.status, { value: false, since: UPDATED, at: UPDATED, source: 'mailchimp' });
    assert.deepEqual(row.member?.interests, { [INTEREST]: false });
    assert.equal(row.member?.lastName, 'Flintstone');
  });

  it('takes nobody at their word who was asked and has not answered', () => {
    const row = rowOf({ status: 'pending', syncStatus: 'redo' });
    assert.deepEqual([row.memory.status, row.memory.own, row.memory.foreign, row.syncStatus], [undefined, undefined, { since: UPDATED, at: UPDATED }, 'todo']);
  });

  it('was looked at in the extension\'s last fetch, its clock being right within an hour, and not before the member changed', () => {
    assert.equal(rowOf({}).lookedAt, FETCHED - HOUR);
    assert.equal(rowOf({}, null).lookedAt, UPDATED);
    assert.equal(rowOf({}, UPDATED).lookedAt, UPDATED);
  });

  it('of somebody whom Mailchimp has not seen is the contact alone', () => {
    const row = rowOf({ email: null, memberHash: null, status: null, updated: null });
    assert.deepEqual([row.email, row.member, row.memory, row.lookedAt, row.contactId], [null, null, {}, null, 11]);
  });

  it('shows what the contact was in the bound groups, and in no others', () => {
    const row = rowOf({ groups: `${GROUP};Removed;2026-07-20 09:00:00|999;Added;2026-07-20 09:00:00|nonsense` });
    assert.deepEqual(row.groups, { [GROUP]: { status: 'Removed', at: UPDATED } });
  });

  it('keeps what hooks remembered for hooks of the flow, of which nothing is sent', () => {
    const row = rowOf({ civicrmData: bytes({ membership: { mailchimp_updates: { merge_fields: { END: '2027' } }, hash: 'x' } }) });
    assert.deepEqual(row.hookData, { 'flow:membership': { of: 11, wants: {}, agreed: {}, memory: { mailchimp_updates: { merge_fields: { END: '2027' } }, hash: 'x' } } });
  });

  for (const syncStatus of ['todo', 'live', 'redo', 'fail', null])
    it(`is to be decided where the extension says ${syncStatus}`, () => assert.equal(rowOf({ syncStatus }).syncStatus, 'todo'));

  it('lacks data that cannot be read, and says so', () => {
    const made = imported({ mailchimpData: Buffer.from('O:8:"stdClass":0:{}'), civicrmData: Buffer.from('b:0;') });
    assert.equal(made?.damaged, true);
    assert.equal(made?.row.memory.status?.at, UPDATED);
    assert.equal(imported({ civicrmData: Buffer.from('b:0;') })?.damaged, false);
  });

  it('there is none of a line without address and contact, or of a status that Mailchimp does not have', () => {
    assert.equal(imported({ email: '', contactId: null }), null);
    assert.equal(imported({ status: 'sleeping' }), null);
  });

  it('when the extension fetched last is told by any of its versions', () => {
    assert.equal(lastFetch(bytes({ lastSyncTime: '2026-07-21 10:00:00', log: [] }), dates), FETCHED);
    assert.equal(lastFetch(bytes({ lastSyncTime: '2026-07-21T10:00:00+0100' }), dates), FETCHED);
    for (const data of [null, bytes({ log: [] }), Buffer.from('nonsense'), bytes({ lastSyncTime: 'soon' })]) assert.equal(lastFetch(data, dates), null);
  });
});
