import assert from 'node:assert/strict';
import { rowId } from '../../src/base/ids.ts';
import type { AudienceSettings } from '../../src/settings/settings.ts';
import type { Row, Word } from '../../src/store/entities.ts';
import type { ClusterContact } from '../../src/sync/cluster.ts';
import { decide } from '../../src/sync/decide.ts';
import type { Decision } from '../../src/sync/decision.ts';
import { civicrmSays, cluster, contact, contactOnly, email, facts, INTEREST, INTEREST_GROUP, mailchimpSays, P1, P2, row, rules, saying, WILMA } from './samples.ts';

const said = (value: boolean, seconds: number): Row['memory'] => ({ status: mailchimpSays(value, seconds), own: mailchimpSays(value, seconds) });
const added = (seconds: number) => saying(true, civicrmSays(true, seconds));
const removed = (seconds: number) => saying(false, civicrmSays(false, seconds));
const decided = (rows: readonly Row[], contacts: readonly ClusterContact[], more: Partial<AudienceSettings>): Decision => decide(cluster({ rows, contacts }), rules(more));
const bound = { interests: new Map([[INTEREST, INTEREST_GROUP]]) };
const inStep = added(0);
const interested = (on: boolean, word: Word | undefined, more: Partial<Row> = {}): Row => row({ member: facts({ interests: { [INTEREST]: on } }), memory: { ...said(true, 0), interests: word ? { [INTEREST]: word } : {} }, ...more });
const decidedInterest = (member: Row, group: ReturnType<typeof saying>, more: Partial<AudienceSettings> = {}): readonly unknown[] => decided([member], [contact({ subscription: inStep, interest: group })], { ...bound, ...more }).updates.map((update) => update.ask);
const ask = (on: boolean): unknown => ({ interests: { [INTEREST]: on } });
const group = (status: 'Added' | 'Removed'): unknown => ({ kind: 'group', groupId: INTEREST_GROUP, status });
const trusted = (side: 'CiviCRM' | 'Mailchimp') => ({ trustOverride: { subscription: null, interests: new Map([[INTEREST, side]]) } });

describe('decision on interests', () => {
  const TABLE: readonly (readonly [says: string, member: Row, civicrm: ReturnType<typeof saying>, asks: readonly unknown[], more?: Partial<AudienceSettings>])[] = [
    ['both on', interested(true, mailchimpSays(true, 5)), added(1), []],
    ['both off', interested(false, mailchimpSays(false, 5)), saying(false, undefined), []],
    ['on at Mailchimp, later', interested(true, mailchimpSays(true, 50)), removed(1), [group('Added')]],
    ['off at Mailchimp, later', interested(false, mailchimpSays(false, 50)), added(1), [group('Removed')]],
    ['Added later', interested(false, mailchimpSays(false, 5)), added(50), [ask(true)]],
    ['Removed later', interested(true, mailchimpSays(true, 5)), removed(50), [ask(false)]],
    ['neither surely later: off', interested(true, mailchimpSays(true, 5)), removed(6), [ask(false)]],
    ['neither surely later, off at Mailchimp', interested(false, mailchimpSays(false, 5)), added(6), [group('Removed')]],
    ['trusting CiviCRM', interested(false, mailchimpSays(false, 50)), added(1), [ask(true)], trusted('CiviCRM')],
    ['trusting Mailchimp', interested(false, mailchimpSays(false, 5)), added(50), [group('Removed')], trusted('Mailchimp')],
    ['nobody has said anything', interested(false, undefined), saying(false, undefined), []],
  ];
  for (const [says, member, civicrm, asks, more] of TABLE)
    it(`${says}: ${asks.length === 0 ? 'in step' : JSON.stringify(asks[0])}`, () => {
      assert.deepEqual(decidedInterest(member, civicrm, more), asks);
    });

  it('one that Mailchimp does not return is skipped', () => {
    assert.deepEqual(decidedInterest(row({ memory: said(true, 0) }), added(50)), []);
  });

  it('a new member gets those it is Added to', () => {
    const [update] = decided([contactOnly()], [contact({ subscription: added(1), interest: added(1) })], bound).updates;
    assert.deepEqual(update?.ask, { status: 'subscribed', interests: { [INTEREST]: true }, firstName: 'Wilma', lastName: 'Flintstone' });
    assert.deepEqual(Object.keys(update?.origin ?? {}), ['status', INTEREST]);
  });

  it('somebody who is not to be subscribed gets none', () => {
    const gone = interested(false, mailchimpSays(false, 5), { member: facts({ status: 'unsubscribed', interests: { [INTEREST]: false } }), memory: said(false, 5) });
    assert.deepEqual(decided([gone], [contact({ subscription: removed(1), interest: added(50) })], bound).updates, []);
  });

  it('of several subscribed rows of a contact the later word counts for all, and the group is written once', () => {
    const both = [email(WILMA, P1), email(WILMA, P2, { isPrimary: false })];
    const rows = [interested(false, mailchimpSays(false, 5)), interested(true, mailchimpSays(true, 50), { id: rowId(2), email: P2 })];
    const { updates } = decided(rows, [contact({ emails: both, subscription: inStep, interest: removed(1) })], bound);
    assert.deepEqual(updates.map((update) => [update.rowId, update.ask]), [[1, group('Added')], [1, ask(true)]]);
  });
});
