import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import type { CivicrmSimulatorOptions } from '../../../src/simulator/civicrm/options.ts';
import type { CivicrmSimulator } from '../../../src/simulator/civicrm/simulator.ts';
import type { SimulatorClock } from '../../../src/simulator/clock.ts';
import { BY_ID, call, everything, KEY, rows, send, site } from './site.ts';

const MINUTE = 60_000;
const RUBBLES = [['last_name', '=', 'Rubble']];

interface Rubbles {
  readonly civi: CivicrmSimulator;
  readonly clock: SimulatorClock;
  readonly smart: number;
  readonly barney: number;
  readonly betty: number;
  readonly fred: number;
  /** First names of the group's members, by Contact.get. */
  readonly members: (more?: readonly unknown[], operator?: 'IN' | 'NOT IN') => Promise<unknown>;
  readonly cacheDate: () => Promise<unknown>;
}

/** A site with a smart group of the Rubbles; Fred is none. */
function rubbles(options: Partial<CivicrmSimulatorOptions> = {}): Rubbles {
  const { civi, clock } = site(options);
  const [barney, betty, fred] = [['Barney', 'Rubble'], ['Betty', 'Rubble'], ['Fred', 'Flintstone']].map(([firstName = '', lastName = '']) => civi.acts.createContact({ firstName, lastName })) as [number, number, number];
  const smart = civi.acts.createGroup({ title: 'Smart Rubbles', name: 'smart_rubbles', search: RUBBLES });
  return {
    civi,
    clock,
    smart,
    barney,
    betty,
    fred,
    members: async (more = [], operator = 'IN') => (await rows(civi, 'Contact.get', { select: ['first_name'], where: [['groups', operator, [smart]], ...more], ...BY_ID })).map((row) => row['first_name']),
    cacheDate: async () => (await rows(civi, 'Group.get', { select: ['cache_date'], where: [['id', '=', smart]] }))[0]?.['cache_date'],
  };
}

describe('simulated CiviCRM: smart groups', () => {
  it('have a saved search and the members that it finds, by id and by name, and no group contacts', async () => {
    const { civi, smart, barney, betty, members } = rubbles();
    const [group] = await rows(civi, 'Group.get', { select: ['saved_search_id'], where: [['id', '=', smart]] });
    const search = civi.tables.savedSearch.get(Number(group?.['saved_search_id']));
    assert.deepEqual([search?.label, search?.api_entity, JSON.parse(search?.api_params ?? '')], ['Smart Rubbles', 'Contact', { version: 4, select: ['id', 'display_name'], where: RUBBLES }]);
    assert.deepEqual(await members(), ['Barney', 'Betty']);
    assert.deepEqual(await rows(civi, 'Contact.get', { select: ['display_name'], where: [['groups:name', 'IN', ['smart_rubbles']]], ...BY_ID }), [
      { id: barney, display_name: 'Barney Rubble' },
      { id: betty, display_name: 'Betty Rubble' },
    ]);
    assert.deepEqual(await rows(civi, 'GroupContact.get', { where: [['group_id', '=', smart]] }), []);
  });

  it('are made by the API of a saved search that there is', async () => {
    const { civi } = rubbles();
    const make = (search: number): ReturnType<typeof call> => call(civi, 'Group.create', { values: { title: 'More Rubbles', name: 'more_rubbles', saved_search_id: search, 'group_type:name': ['Mailing List'] } });
    assert.equal((await make(99)).message, 'DB Error: constraint violation');
    const [made] = (await make(1)).values;
    const id = Number(made?.['id']);
    assert.deepEqual(made, { id, name: 'more_rubbles', title: 'More Rubbles', saved_search_id: 1, group_type: ['2'], created_id: 3, modified_id: 3, frontend_title: 'More Rubbles', custom: null, check_permissions: null });
    assert.equal((await rows(civi, 'Contact.get', { where: [['groups', 'IN', [id]]] })).length, 2);
    assert.equal((await call(civi, 'Group.update', { where: [['id', '=', id]], values: { saved_search_id: 99 } })).message, 'DB Error: constraint violation');
  });

  it('refuse a search that cannot be run', () => {
    const { civi } = rubbles();
    assert.throws(() => civi.acts.createGroup({ title: 'Wrong', search: [['shoe_size', '=', 44]] }), /Invalid field 'shoe_size'/);
    assert.equal(civi.tables.group.find('title', 'Wrong').length, 0);
  });

  it('fill their cache at the first read, and show a change only when it has run out', async () => {
    const { civi, clock, fred, members, cacheDate } = rubbles({ timezone: 'Europe/Paris' });
    assert.equal(await cacheDate(), null);
    assert.deepEqual(await members(), ['Barney', 'Betty']);
    assert.equal(await cacheDate(), '2026-11-24 13:00:00');
    civi.acts.rename(fred, { lastName: 'Rubble' });
    clock.advance(5 * MINUTE - 1000);
    assert.deepEqual(await members(), ['Barney', 'Betty']);
    assert.equal(await cacheDate(), '2026-11-24 13:00:00');
    clock.advance(1000);
    assert.deepEqual(await members(), ['Barney', 'Betty', 'Fred']);
    assert.equal(await cacheDate(), '2026-11-24 13:05:00');
  });

  it('keep their cache as long as the site is set to', async () => {
    const { civi, clock, fred, members } = rubbles({ smartGroupCacheTimeout: 60 });
    await members();
    civi.acts.rename(fred, { lastName: 'Rubble' });
    clock.advance(59 * MINUTE);
    assert.deepEqual(await members(), ['Barney', 'Betty']);
    civi.setSmartGroupCacheTimeout(0);
    assert.deepEqual(await members(), ['Barney', 'Betty', 'Fred']);
  });

  it('are read for who is not in them, and together with ordinary groups', async () => {
    const { civi, smart, fred, members } = rubbles();
    const news = civi.acts.createGroup({ title: 'News' });
    civi.acts.addToGroup(fred, news);
    assert.deepEqual(await members([['last_name', 'IN', ['Rubble', 'Flintstone']]], 'NOT IN'), ['Fred']);
    assert.equal((await rows(civi, 'Contact.get', { where: [['groups', 'IN', [smart, news]]] })).length, 3);
  });

  it('show other members after their search has changed, when the cache is made anew', async () => {
    const { civi, clock, smart, members } = rubbles();
    await members();
    civi.acts.changeSearch(smart, [['last_name', '=', 'Flintstone']]);
    assert.deepEqual(await members(), ['Barney', 'Betty']);
    clock.advance(5 * MINUTE);
    assert.deepEqual(await members(), ['Fred']);
    assert.throws(() => civi.acts.changeSearch(civi.acts.createGroup({ title: 'News' }), RUBBLES), RangeError);
  });

  it('may search by other smart groups, even in a circle', async () => {
    const { civi, smart, members } = rubbles();
    const inner = civi.acts.createGroup({ title: 'Inner', search: [['groups', 'IN', [smart]], ['first_name', '=', 'Betty']] });
    assert.deepEqual((await rows(civi, 'Contact.get', { select: ['first_name'], where: [['groups', 'IN', [inner]]] })).map((row) => row['first_name']), ['Betty']);
    civi.acts.changeSearch(smart, [['groups', 'IN', [inner]]]);
    civi.setSmartGroupCacheTimeout(0);
    assert.deepEqual(await members(), ['Betty']);
  });

  it('that are disabled show only those who were added by hand', async () => {
    const { civi, smart, fred, members, cacheDate } = rubbles();
    civi.acts.addToGroup(fred, smart);
    await members();
    const filled = await cacheDate();
    civi.acts.setGroupActive(smart, false);
    assert.deepEqual([await members(), await cacheDate()], [['Fred'], filled]);
    civi.acts.setGroupActive(smart, true);
    assert.deepEqual(await members(), ['Barney', 'Betty', 'Fred']);
  });

  it('count the members of their cache, or those added by hand while it is empty', async () => {
    const { civi, smart, fred, members } = rubbles();
    civi.acts.addToGroup(fred, smart);
    const count = async (): Promise<unknown> => (await rows(civi, 'Group.get', { select: ['contact_count'], where: [['id', '=', smart]] }))[0]?.['contact_count'];
    assert.equal(await count(), 1);
    await members();
    assert.equal(await count(), 3);
  });

  it('take their members with them when they are deleted', async () => {
    const { civi, smart, members } = rubbles();
    await members();
    civi.acts.deleteGroup(smart);
    assert.deepEqual([await members(), civi.tables.groupContactCache.size], [[], 0]);
  });
});

describe('simulated CiviCRM: smart groups changed by hand', () => {
  it('in the screens: somebody removed is gone at once, and stays out', async () => {
    const { civi, clock, smart, betty, members, cacheDate } = rubbles();
    await members();
    const filled = await cacheDate();
    assert.equal(civi.acts.removeFromGroup(betty, smart), true);
    assert.deepEqual([await members(), await cacheDate()], [['Barney'], filled]);
    clock.advance(5 * MINUTE);
    assert.deepEqual(await members(), ['Barney']);
    assert.deepEqual((await rows(civi, 'GroupContact.get', { select: ['contact_id', 'status'], where: [['group_id', '=', smart]] })).map(({ contact_id: contact, status }) => [contact, status]), [[betty, 'Removed']]);
  });

  it('in the screens: somebody added or struck off makes the next read fill the cache', async () => {
    const { civi, smart, betty, fred, members, cacheDate } = rubbles();
    await members();
    civi.acts.addToGroup(fred, smart);
    assert.equal(await cacheDate(), null);
    assert.deepEqual(await members(), ['Barney', 'Betty', 'Fred']);
    civi.acts.deleteFromGroup(fred, smart);
    assert.equal(await cacheDate(), null);
    assert.deepEqual(await members(), ['Barney', 'Betty']);
    civi.acts.removeFromGroup(betty, smart);
    civi.acts.deleteFromGroup(betty, smart);
    assert.deepEqual(await members(), ['Barney', 'Betty']);
  });

  it('by the API: somebody added is there at once, somebody removed or deleted is gone when the cache is made anew', async () => {
    const { civi, clock, smart, betty, fred, members, cacheDate } = rubbles();
    await members();
    const filled = await cacheDate();
    const save = (contactId: number, status: string): Promise<unknown> => rows(civi, 'GroupContact.save', { records: [{ group_id: smart, contact_id: contactId, status }], match: ['group_id', 'contact_id'] });
    await save(fred, 'Added');
    await save(betty, 'Removed');
    assert.deepEqual([await members(), await cacheDate()], [['Barney', 'Betty', 'Fred'], filled]);
    clock.advance(5 * MINUTE);
    assert.deepEqual(await members(), ['Barney', 'Fred']);
    await rows(civi, 'GroupContact.delete', { where: [['group_id', '=', smart]] });
    assert.deepEqual(await members(), ['Barney', 'Fred']);
    clock.advance(5 * MINUTE);
    assert.deepEqual(await members(), ['Barney', 'Betty']);
  });
});

describe('simulated CiviCRM: smart groups and the trash', () => {
  it('lose somebody who is trashed at once, and have a restored one back when the cache is made anew', async () => {
    const { civi, clock, betty, members } = rubbles();
    await members();
    civi.acts.trash(betty);
    assert.deepEqual([await members(), await members([['id', 'IN', [betty]]])], [['Barney'], []]);
    civi.acts.restore(betty);
    assert.deepEqual(await members(), ['Barney']);
    clock.advance(5 * MINUTE);
    assert.deepEqual(await members(), ['Barney', 'Betty']);
  });

  it('hold trashed contacts that their search finds, for those who ask for them by id', async () => {
    const { civi, betty, members } = rubbles();
    civi.acts.trash(betty);
    assert.deepEqual([await members(), await members([['id', 'IN', [betty]]])], [['Barney'], ['Betty']]);
    assert.deepEqual(await members([['is_deleted', '=', true]]), ['Betty']);
  });

  it('lose the duplicate of a merge at once, and have its hand-made places go to the contact that is kept', async () => {
    const { civi, clock, smart, barney, betty, fred, members } = rubbles();
    await members();
    civi.acts.merge(fred, betty);
    assert.deepEqual([await members(), civi.tables.groupContactCache.size], [['Barney'], 1]);
    civi.acts.removeFromGroup(fred, smart);
    civi.acts.merge(barney, fred);
    assert.deepEqual(await members(), ['Barney']);
    clock.advance(5 * MINUTE);
    assert.deepEqual(await members(), []);
  });

  it('forget somebody who is deleted for good', async () => {
    const { civi, betty, members } = rubbles();
    await members();
    civi.acts.deletePermanently(betty);
    assert.deepEqual([await members(), civi.tables.groupContactCache.size], [['Barney'], 1]);
  });
});

describe('simulated CiviCRM: a cache that another process makes anew', () => {
  it('is read empty but for those added by hand, though its time has run out, until it is filled', async () => {
    const { civi, clock, smart, fred, members, cacheDate } = rubbles();
    civi.acts.addToGroup(fred, smart);
    await members();
    const filled = await cacheDate();
    clock.advance(10 * MINUTE);
    civi.acts.beginCacheRebuild(smart);
    assert.deepEqual([await members(), await cacheDate()], [['Fred'], filled]);
    civi.acts.endCacheRebuild(smart);
    assert.equal(await cacheDate(), '2026-11-24 12:10:00');
    assert.deepEqual(await members(), ['Barney', 'Betty', 'Fred']);
  });

  it('has no date when its time had not run out', async () => {
    const { civi, smart, members, cacheDate } = rubbles();
    await members();
    civi.acts.beginCacheRebuild(smart);
    assert.deepEqual([await members(), await cacheDate()], [[], null]);
  });

  it('is one of a smart group', () => {
    const { civi, smart } = rubbles();
    const news = civi.acts.createGroup({ title: 'News' });
    assert.throws(() => civi.acts.beginCacheRebuild(news), RangeError);
    assert.throws(() => civi.acts.endCacheRebuild(smart), RangeError);
  });
});

describe('simulated CiviCRM: smart groups in its saved state', () => {
  it('come back with search, cache, lock and time', async () => {
    const { civi, smart, fred, members } = rubbles({ smartGroupCacheTimeout: 7 });
    await members();
    const locked = civi.acts.createGroup({ title: 'Flintstones', search: [['last_name', '=', 'Flintstone']] });
    civi.acts.beginCacheRebuild(locked);
    civi.acts.rename(fred, { lastName: 'Rubble' });
    const saved = JSON.stringify(civi.save());

    const { civi: again, clock } = site();
    again.load(JSON.parse(saved));
    assert.equal(JSON.stringify(again.save()), saved);
    const found = async (group: number): Promise<number> => (await rows(again, 'Contact.get', { where: [['groups', 'IN', [group]]] })).length;
    clock.advance(6 * MINUTE);
    assert.deepEqual([await found(smart), await found(locked)], [2, 0]);
    clock.advance(MINUTE);
    again.acts.endCacheRebuild(locked);
    assert.deepEqual([await found(smart), await found(locked)], [3, 0]);
  });
});

describe('simulated CiviCRM: what it says of smart groups to others', () => {
  it('runs the search without permissions, and shows only whom the caller may see', async () => {
    const { civi, smart } = rubbles({ permissions: everything });
    civi.addKey('blind', ['authenticate with api key', 'access CiviCRM']);
    const members = async (key: string): Promise<number> => (await rows(civi, 'Contact.get', { where: [['groups', 'IN', [smart]]] }, key)).length;
    assert.deepEqual([await members('blind'), await members(KEY)], [0, 2]);
  });

  it('has no GroupContactCache in the API, and no saved searches', async () => {
    const { civi } = rubbles();
    assert.equal((await call(civi, 'GroupContactCache.get')).message, 'API (GroupContactCache, get) does not exist (or the extension it belongs to is not enabled).');
    assert.equal((await send(civi, { path: '/civicrm/ajax/api4/SavedSearch/get' })).status, 501);
  });
});
