import assert from 'node:assert/strict';
import { contactId, emailAddress, groupId, interestId, listId, memberContactId, memberHash } from '../../src/base/ids.ts';
import { judge } from '../../src/cli/judge.ts';
import type { ReportedRow } from '../../src/cli/judge.ts';
import type { Person, Picture } from '../../src/cli/picture.ts';
import type { Member, MemberStatus } from '../../src/mailchimp/api.ts';
import type { AudienceSettings } from '../../src/settings/settings.ts';

const GROUP = groupId(1);
const INTEREST = interestId('cccccccccc');
const INTEREST_GROUP = groupId(2);
/** Only what the judge looks at. */
const audience = { listId: listId('aaaaaaaaaa'), subscriptionGroup: GROUP, interests: new Map([[INTEREST, INTEREST_GROUP]]), data: { names: true, tags: { prefix: 'News: ' }, mergeFields: {} } } as unknown as AudienceSettings;

const member = (email: string, status: MemberStatus, interest?: boolean): Member => ({
  hash: memberHash(email),
  contactId: memberContactId(email),
  email: emailAddress(email),
  status,
  lastChanged: 0,
  timestampOpt: null,
  interests: interest === undefined ? {} : { [INTEREST]: interest },
  firstName: '',
  lastName: '',
  mergeFields: { FNAME: '', LNAME: '' },
  tags: null,
});

const named = (firstName: string): Member => ({ ...member('a@x', 'subscribed'), firstName });
const tagged = (...tags: readonly string[]): Member => ({ ...member('a@x', 'subscribed'), tags });

const person = (id: number, addresses: readonly string[], group: string | null, more: { interest?: string; mayBeMailed?: boolean; firstName?: string; tags?: readonly string[] } = {}): Person => ({
  id: contactId(id),
  firstName: more.firstName ?? '',
  lastName: '',
  tags: more.tags ?? [],
  mayBeMailed: more.mayBeMailed ?? true,
  addresses: addresses.map(emailAddress),
  groups: new Map([...(group === null ? [] : [[GROUP, group] as const]), ...(more.interest === undefined ? [] : [[INTEREST_GROUP, more.interest] as const])]),
});

const verdict = (members: readonly Member[], people: readonly Person[], reported: readonly ReportedRow[] = []) => {
  const picture: Picture = { audience, members, people };
  const judgement = judge(picture, reported);
  return { differences: Object.fromEntries(judgement.differences), reported: Object.fromEntries(judgement.reported) };
};
const IN_STEP = { differences: {}, reported: {} };

describe('judging both sides by what they show', () => {
  it('finds nothing where both say yes, or both say no', () => {
    assert.deepEqual(verdict([member('a@x', 'subscribed'), member('b@x', 'unsubscribed')], [person(1, ['a@x'], 'Added'), person(2, ['b@x'], 'Removed')]), IN_STEP);
  });

  it('takes a pending member for in step with Added, and for nobody’s word otherwise', () => {
    assert.deepEqual(verdict([member('a@x', 'pending'), member('b@x', 'pending')], [person(1, ['a@x'], 'Added')]), IN_STEP);
  });

  it('finds who is Added and not subscribed at any address', () => {
    const people = [person(1, ['a@x', 'a2@x'], 'Added'), person(2, ['b@x'], 'Added')];
    assert.deepEqual(verdict([member('a@x', 'archived'), member('a2@x', 'subscribed')], people).differences, { 'added, not subscribed': 1 });
  });

  it('asks nothing for contacts that may not be mailed', () => {
    assert.deepEqual(verdict([], [person(1, ['a@x'], 'Added', { mayBeMailed: false })]), IN_STEP);
  });

  it('finds who is subscribed while nobody with the address is Added', () => {
    assert.deepEqual(verdict([member('a@x', 'subscribed'), member('new@x', 'subscribed')], [person(1, ['a@x'], 'Removed')]).differences, { 'subscribed, not added': 2 });
  });

  it('lets one of those who share an address keep it', () => {
    assert.deepEqual(verdict([member('a@x', 'subscribed')], [person(1, ['a@x'], 'Removed'), person(2, ['a@x'], 'Added')]), IN_STEP);
  });

  it('compares interests with the lowest id among the Added who use the address', () => {
    const people = [person(1, ['a@x'], 'Added', { interest: 'Added' }), person(2, ['a@x'], 'Added')];
    assert.deepEqual(verdict([member('a@x', 'subscribed', true)], people), IN_STEP);
    assert.deepEqual(verdict([member('a@x', 'subscribed', false)], people).differences, { 'interest differs': 1 });
  });

  it('compares names with the lowest id among the Added who use the address', () => {
    const people = [person(1, ['a@x'], 'Added', { firstName: 'Ann' }), person(2, ['a@x'], 'Added', { firstName: 'Bea' })];
    assert.deepEqual(verdict([named('Ann')], people), IN_STEP);
    assert.deepEqual(verdict([named('Bea')], people).differences, { 'name differs': 1 });
    assert.deepEqual(verdict([named('x'.repeat(80))], [person(1, ['a@x'], 'Added', { firstName: 'x'.repeat(64) })]), IN_STEP);
  });

  it('asks for no name that the audience has no merge field for', () => {
    const people = [person(1, ['a@x'], 'Added', { firstName: 'Wilma' })];
    assert.deepEqual(verdict([{ ...named(''), mergeFields: { LNAME: '' } }], people), IN_STEP);
    assert.deepEqual(verdict([named('')], people).differences, { 'name differs': 1 });
  });

  it('takes tags that differ in case only for one', () => {
    assert.deepEqual(verdict([tagged('news: A')], [person(1, ['a@x'], 'Added', { tags: ['News: a'] })]), IN_STEP);
  });

  it('compares the tags that the settings bind, and no other', () => {
    const people = [person(1, ['a@x'], 'Added', { tags: ['News: a', 'Bowling club'] })];
    assert.deepEqual(verdict([tagged('News: a', 'hand-made')], people), IN_STEP);
    assert.deepEqual(verdict([tagged()], people).differences, { 'tags differ': 1 });
    assert.deepEqual(verdict([tagged('News: a', 'News: b')], people).differences, { 'tags differ': 1 });
  });

  it('skips interests that Mailchimp does not return', () => {
    assert.deepEqual(verdict([member('a@x', 'subscribed')], [person(1, ['a@x'], 'Added', { interest: 'Added' })]), IN_STEP);
  });

  it('counts what the sync reported by its reason, and only that', () => {
    const people = [person(1, ['a@x'], 'Added'), person(2, ['b@x'], 'Added'), person(3, ['c@x'], 'Added')];
    const reported: readonly ReportedRow[] = [
      { email: emailAddress('a@x'), contactId: null, reason: 'cleaned' },
      { email: null, contactId: contactId(2), reason: 'no_email' },
    ];
    assert.deepEqual(verdict([member('a@x', 'cleaned')], people, reported), { differences: { 'added, not subscribed': 1 }, reported: { cleaned: 1, no_email: 1 } });
  });
});
