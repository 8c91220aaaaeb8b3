import assert from 'node:assert/strict';
import { updateId } from '../../src/base/ids.ts';
import type { Row, Update, Word } from '../../src/store/entities.ts';
import { decide } from '../../src/sync/decide.ts';
import type { Decision } from '../../src/sync/decision.ts';
import type { GroupSaying } from '../../src/sync/civicrm-word.ts';
import { civicrmSays, cluster, contact, facts, mailchimpSays, mailchimpUpdate, row, rules, saying } from './samples.ts';

const said = (value: boolean, seconds: number): Row['memory'] => ({ status: mailchimpSays(value, seconds), own: mailchimpSays(value, seconds) });
const added = (seconds: number) => saying(true, civicrmSays(true, seconds));
const removed = (seconds: number) => saying(false, civicrmSays(false, seconds));
const decided = (of: Row, subscription: GroupSaying, ...updates: readonly Update[]): Decision => decide(cluster({ rows: [of], contacts: [contact({ subscription })], updates }), rules());
const told = (decision: Decision): readonly string[] => decision.updates.map((each) => each.kind);
const underWay = (origin: Word): Update => mailchimpUpdate({ state: 'submitted', ask: { firstName: 'Wilma' }, origin: { status: origin } });
const waiting = (state: 'planned' | 'queued'): Update => mailchimpUpdate({ id: updateId(9), state });

describe('decision while an update is under way', () => {
  const subscribed = row({ memory: said(true, 0) });
  const unsubscribed = row({ member: facts({ status: 'unsubscribed' }), memory: said(false, 100) });

  it('nothing is sent, and the row stays todo [underway]', () => {
    const decision = decided(subscribed, removed(100), underWay(civicrmSays(true, 0)));
    assert.deepEqual([told(decision), decision.rows[0]?.syncStatus], [[], 'todo']);
  });

  it('a removal in CiviCRM that holds either way is done', () => {
    assert.deepEqual(told(decided(unsubscribed, added(0), underWay(civicrmSays(true, 0)))), ['remove']);
  });

  it('one that the update may overtake, and any add, waits', () => {
    assert.deepEqual(told(decided(unsubscribed, added(0), underWay(civicrmSays(true, 99)))), []);
    assert.deepEqual(told(decided(row({ memory: said(true, 100) }), removed(0), underWay(civicrmSays(true, 0)))), []);
  });

  it('what waits is superseded by any decision [supersede]', () => {
    for (const state of ['planned', 'queued'] as const) {
      assert.deepEqual(decided(subscribed, added(0), waiting(state)).superseded, [9]);
      assert.deepEqual(decided(subscribed, removed(100), waiting(state), underWay(civicrmSays(true, 0))).superseded, [9]);
    }
  });

  it('an update of unknown fate holds nothing back', () => {
    const unknown = mailchimpUpdate({ state: 'superseded', claims: true });
    assert.deepEqual(told(decided(subscribed, removed(100), unknown)), ['unsubscribe']);
  });
});
