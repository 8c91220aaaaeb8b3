import assert from 'node:assert/strict';
import type { Expectation } from '../../../src/simulator/people/expectation.ts';
import { judge, type Observed, type ObservedContact, type ReportedFailure } from '../../../src/simulator/people/judge.ts';

const expectation: Expectation = {
  person: 7,
  kind: 'a kind',
  tells: 'what must come out.',
  members: [
    { address: 'wilma@example.org', status: 'subscribed', interest: true },
    { address: 'other@example.org', status: null, interest: false },
  ],
  contacts: [{ id: 12, live: true, group: 'Added', interestGroup: null }],
  newContact: null,
  owners: { 'wilma@example.org': 1, 'other@example.org': 1 },
  held: [],
  failure: null,
};
const contact: ObservedContact = { live: true, firstName: 'Wilma', lastName: 'Weiß', group: 'Added', interestGroup: null };

interface World {
  readonly members: Readonly<Record<string, { status: string; interest: boolean }>>;
  readonly contacts: Readonly<Record<number, ObservedContact>>;
  readonly owners: Readonly<Record<string, readonly number[]>>;
  readonly held: readonly string[];
}
const asForetold: World = {
  members: { 'wilma@example.org': { status: 'subscribed', interest: true } },
  contacts: { 12: contact },
  owners: { 'wilma@example.org': [12], 'other@example.org': [12] },
  held: [],
};

const observed = ({ members, contacts, owners, held }: World): Observed => ({
  member: (address) => members[address] ?? null,
  contact: (id) => contacts[id] ?? null,
  owners: (address) => owners[address] ?? [],
  isHeld: (address) => held.includes(address),
});
const differences = (world: Partial<World>, changed: Partial<Expectation> = {}, reported?: readonly ReportedFailure[]): readonly string[] => {
  const [verdict] = judge([{ ...expectation, ...changed }], observed({ ...asForetold, ...world }), reported);
  assert.ok(verdict);
  assert.equal(verdict.person, 7);
  assert.equal(verdict.kind, 'a kind');
  return verdict.differences;
};

describe('the judge of people', () => {
  it('finds nothing where all is as foretold', () => {
    assert.deepEqual(differences({}), []);
  });

  it('tells a status, an interest, a missing member and one too many', () => {
    assert.deepEqual(differences({ members: { 'wilma@example.org': { status: 'unsubscribed', interest: false } } }), [
      'member 1: status unsubscribed instead of subscribed',
      'member 1: interest off instead of on',
    ]);
    assert.deepEqual(differences({ members: {} }), ['member 1: status no member instead of subscribed']);
    assert.deepEqual(differences({ members: { ...asForetold.members, 'other@example.org': { status: 'subscribed', interest: false } } }), [
      'member 2: status subscribed instead of no member',
    ]);
  });

  it('tells group statuses, and contacts that went', () => {
    assert.deepEqual(differences({ contacts: { 12: { ...contact, group: 'Removed', interestGroup: 'Added' } } }), [
      'contact 12: subscription group Removed instead of Added',
      'contact 12: interest group Added instead of no row',
    ]);
    assert.deepEqual(differences({ contacts: { 12: { ...contact, live: false } } }), ['contact 12: in the trash instead of live']);
    assert.deepEqual(differences({ contacts: {} }), ['contact 12: deleted for good']);
  });

  it('tells contacts made twice', () => {
    assert.deepEqual(differences({ owners: { ...asForetold.owners, 'wilma@example.org': [12, 13] } }), ['address 1: live contacts 2 instead of 1']);
  });

  it('tells addresses on hold that should not be, and the other way round', () => {
    assert.deepEqual(differences({ held: ['wilma@example.org'] }), ['address 1: on hold instead of not on hold']);
    assert.deepEqual(differences({}, { held: ['wilma@example.org'] }), ['address 1: not on hold instead of on hold']);
  });

  it('looks for the new contact among those who were not there before', () => {
    const made = { newContact: { address: 'wilma@example.org', firstName: 'Wilma', lastName: 'Weiß', group: 'Added', interestGroup: 'Added' }, owners: {} } as const;
    assert.deepEqual(differences({}, made), ['no contact was made']);
    const owners = { 'wilma@example.org': [12, 13] };
    assert.deepEqual(differences({ owners, contacts: { 12: contact, 13: { ...contact, interestGroup: 'Added' } } }, made), []);
    assert.deepEqual(differences({ owners, contacts: { 12: contact, 13: { ...contact, lastName: 'Weiss' } } }, made), [
      'new contact: interest group no row instead of Added',
      'new contact: another name than the member',
    ]);
  });

  it('judges failures by what the sync reports, by address or contact, and only when it is told', () => {
    assert.deepEqual(differences({}, { failure: 'on_hold' }), []);
    assert.deepEqual(differences({}, { failure: 'on_hold' }, []), ['reported nothing instead of on_hold']);
    assert.deepEqual(differences({}, { failure: 'on_hold' }, [{ email: 'Wilma@example.org', reason: 'on_hold' }]), []);
    assert.deepEqual(differences({}, { failure: 'no_email' }, [{ email: null, contactId: 12, reason: 'no_email' }]), []);
    assert.deepEqual(differences({}, {}, [{ contactId: 12, reason: 'other' }]), ['reported other instead of nothing']);
    assert.deepEqual(differences({}, {}, [{ contactId: 99, reason: 'other' }]), []);
  });
});
