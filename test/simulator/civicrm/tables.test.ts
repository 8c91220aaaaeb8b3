import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { Breakdown } from '../../../src/simulator/civicrm/breakdown.ts';
import { candidates } from '../../../src/simulator/civicrm/candidates.ts';
import { collationKey, equalText, likePattern } from '../../../src/simulator/civicrm/collation.ts';
import type { EntityName } from '../../../src/simulator/civicrm/entity-names.ts';
import { NOBODY } from '../../../src/simulator/civicrm/keys.ts';
import { MemoryTable } from '../../../src/simulator/civicrm/memory-table.ts';
import { memoryTables } from '../../../src/simulator/civicrm/memory-tables.ts';
import type { EntityTagRow } from '../../../src/simulator/civicrm/rows.ts';
import { contactsOf } from '../../../src/simulator/civicrm/saved-searches.ts';
import type { Site } from '../../../src/simulator/civicrm/site.ts';
import { SiteTime } from '../../../src/simulator/civicrm/site-time.ts';
import { SmartGroupCache } from '../../../src/simulator/civicrm/smart-group-cache.ts';
import { Transactions } from '../../../src/simulator/civicrm/transactions.ts';
import { CivicrmActs } from '../../../src/simulator/civicrm/acts.ts';
import { SimulatorClock } from '../../../src/simulator/clock.ts';
import { seeded } from './site.ts';

describe('simulated CiviCRM: text as the database compares it', () => {
  it('does not tell apart case, accents, ß and ss, spaces at the end, or two emoji', () => {
    for (const [left, right] of [['Wilma', 'wILMA'], ['é', 'E'], ['straße', 'STRASSE'], ['a', 'a  '], ['🪨', '😀']] as const) assert.ok(equalText(left, right), left);
    for (const [left, right] of [['a', ' a'], ['a b', 'ab'], ['🪨', '🪨🪨']] as const) assert.ok(!equalText(left, right), left);
    assert.equal(collationKey('e\u0301'), 'e');
  });

  it('matches LIKE patterns with their escapes', () => {
    assert.ok(likePattern('mailchimpsync:%')('mailchimpsync:12'));
    assert.ok(likePattern('a_c')('ABC'));
    assert.ok(!likePattern('a\\_c')('abc'));
    assert.ok(!likePattern('a.c')('abc'));
  });
});

const row = (id: number, tag: number): EntityTagRow => ({ id, entity_table: 'civicrm_contact', entity_id: 1, tag_id: tag });
const ids = (rows: Iterable<EntityTagRow>): number[] => [...rows].map((each) => each.id);

describe('simulated CiviCRM: tables in memory', () => {
  it('list rows in the order of ids, whatever the order they came in', () => {
    const table = new MemoryTable<EntityTagRow>(['tag_id']);
    for (const id of [3, 1, 2, 7]) table.insert(row(id, 5));
    table.delete(2);
    assert.deepEqual([ids(table.all()), ids(table.after(1)), ids(table.find('tag_id', 5)), table.countAfter(3)], [[1, 3, 7], [3, 7], [1, 3, 7], 1]);
    assert.equal(table.nextId(), 8);
  });

  it('keep their indexes through updates and deletes', () => {
    const table = new MemoryTable<EntityTagRow>(['tag_id']);
    table.insert(row(1, 5));
    table.update(1, { tag_id: 6 });
    assert.deepEqual([table.count('tag_id', 5), table.count('tag_id', 6)], [0, 1]);
    table.delete(1);
    assert.equal(table.count('tag_id', 6), 0);
    assert.throws(() => table.update(1, { tag_id: 7 }), RangeError);
    assert.throws(() => [1, 1].map((id) => table.insert(row(id, 1))), RangeError);
  });
});

describe('simulated CiviCRM: reads look at no more rows than they must', () => {
  const tables = memoryTables();
  const clock = new SimulatorClock();
  const time = new SiteTime(clock, 'UTC', 0);
  const smartGroups = new SmartGroupCache(tables, time, 5, (search) => contactsOf(site, search));
  const site: Site = { tables, time, random: seeded(), version: '6.18', transactions: new Transactions(tables), smartGroups, breakdown: new Breakdown() };
  const acts = new CivicrmActs(site);
  const group = acts.createGroup({ title: 'Small' });
  const large = acts.createGroup({ title: 'Large' });
  acts.importContacts(Array.from({ length: 500 }, (_, index) => ({ firstName: `P${index}`, emails: [{ email: `p${index}@example.org` }], groups: [{ groupId: index < 5 ? group : large, status: 'Added' }], history: [{ groupId: large, status: 'Added', date: index }], created: 0 })));
  const looked = (entity: EntityName, where: readonly unknown[]): number => [...candidates({ site, caller: NOBODY }, entity, where)].length;

  it('by ids, addresses, contacts, groups, and history since an id', () => {
    assert.equal(looked('Contact', [['is_deleted', '=', false], ['id', 'IN', [3, 4, 999]]]), 2);
    assert.equal(looked('Email', [['email', 'IN', ['P1@example.org', 'x@example.org']], ['contact_id.is_deleted', '=', false]]), 1);
    assert.equal(looked('Contact', [['email_primary.email', '=', 'p1@example.org']]), 1);
    assert.equal(looked('GroupContact', [['group_id', 'IN', [group, large]], ['contact_id', 'IN', [1, 2]]]), 2);
    assert.equal(looked('GroupContact', [['group_id', '=', group], ['status', '=', 'Added']]), 5);
    assert.equal(looked('SubscriptionHistory', [['group_id', '=', large], ['id', '>', 495]]), 5);
    assert.equal(looked('Contact', [['groups', 'IN', [group]]]), 5);
  });

  it('but never at fewer: a condition inside OR narrows nothing', () => {
    assert.equal(looked('Contact', [['OR', [['id', '=', 1], ['first_name', '=', 'P2']]]]), 500);
  });
});
