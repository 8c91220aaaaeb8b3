import assert from 'node:assert/strict';
import type { PeopleByKind } from '../../../src/store/entities.ts';
import { judgePlan, limitOf } from '../../../src/sync/brake.ts';

const LIMITS = { people: 25, percent: 10 };
const NOBODY: PeopleByKind = { subscribe: 0, unsubscribe: 0, add: 0, remove: 0, create: 0, rename: 0 };
const SIDES = { mailchimp: 400, civicrm: 500 };
const PLAN = { kinds: { subscribe: 1 }, people: NOBODY, sides: SIDES, before: null, missing: 0 };

describe('the brake', () => {
  it('allows the larger of a number of people and a share of the larger side', () => {
    assert.equal(limitOf(LIMITS, SIDES), 50);
    assert.equal(limitOf(LIMITS, { mailchimp: 700, civicrm: 0 }), 70);
    assert.equal(limitOf(LIMITS, { mailchimp: 9, civicrm: 249 }), 25);
    assert.equal(limitOf({ people: 0, percent: 0 }, SIDES), 0);
  });

  it('lets what is at the limit pass, and holds what is beyond, kind by kind', () => {
    const people = { ...NOBODY, subscribe: 50, unsubscribe: 51 };
    assert.deepEqual(judgePlan({ ...PLAN, kinds: { subscribe: 1, unsubscribe: 1 }, people }, LIMITS), [{ kind: 'limit', of: 'unsubscribe', people: 51, limit: 50 }]);
  });

  it('holds nothing because of a kind that the plan has not', () => {
    assert.deepEqual(judgePlan({ ...PLAN, people: { ...NOBODY, unsubscribe: 400, subscribe: 1 } }, LIMITS), []);
  });

  it('limits neither data nor what changes nobody', () => {
    assert.deepEqual(judgePlan({ ...PLAN, kinds: { data: 400 }, before: SIDES, sides: { mailchimp: 400, civicrm: 0 }, missing: 3 }, LIMITS), []);
  });

  it('holds any change where nothing is allowed', () => {
    assert.deepEqual(judgePlan({ ...PLAN, people: { ...NOBODY, subscribe: 1 } }, { people: 0, percent: 0 }), [{ kind: 'limit', of: 'subscribe', people: 1, limit: 0 }]);
  });

  for (const [side, sides] of [['CiviCRM', { mailchimp: 6, civicrm: 0 }], ['Mailchimp', { mailchimp: 0, civicrm: 6 }]] as const) {
    it(`holds a plan when ${side} has become empty, and the other side has not`, () => {
      assert.deepEqual(judgePlan({ ...PLAN, sides, before: { mailchimp: 6, civicrm: 6 } }, LIMITS), [{ kind: 'emptied', side }]);
    });

    it(`does not when ${side} was empty before, or nothing is known of that`, () => {
      assert.deepEqual(judgePlan({ ...PLAN, sides, before: sides }, LIMITS), []);
      assert.deepEqual(judgePlan({ ...PLAN, sides, before: null }, LIMITS), []);
    });
  }

  it('does not when the other side has a handful only', () => {
    assert.deepEqual(judgePlan({ ...PLAN, sides: { mailchimp: 5, civicrm: 0 }, before: { mailchimp: 5, civicrm: 5 } }, LIMITS), []);
  });

  it('holds a plan when too many members are missing to be asked for one by one', () => {
    assert.deepEqual(judgePlan({ ...PLAN, missing: 7 }, LIMITS), [{ kind: 'missing', members: 7 }]);
  });
});
