import assert from 'node:assert/strict';
import { rowId } from '../../src/base/ids.ts';
import type { Row, Word } from '../../src/store/entities.ts';
import type { ClusterContact } from '../../src/sync/cluster.ts';
import { decide } from '../../src/sync/decide.ts';
import type { DecidedUpdate, Decision } from '../../src/sync/decision.ts';
import { BETTY, civicrmSays, cluster, contact, contactOnly, email, facts, mailchimpSays, P1, P2, row, rules, saying, WILMA } from './samples.ts';

/** Each update as `kind contact` (in CiviCRM) or `kind address` (at Mailchimp). */
const told = (decision: Decision): readonly string[] => decision.updates.map((update) => `${update.kind} ${update.side === 'civicrm' ? (update.contactId === WILMA ? 'Wilma' : 'Betty') : update.email}`);

const said = (value: boolean, seconds: number): Row['memory'] => ({ status: mailchimpSays(value, seconds), own: mailchimpSays(value, seconds) });
const wilma = (subscription = saying(false, undefined), emails = [email(WILMA, P1)]): ClusterContact => contact({ emails, subscription });
const betty = (subscription = saying(false, undefined), emails = [email(BETTY, P1)]): ClusterContact => contact({ id: BETTY, emails, subscription });
const added = (seconds: number) => saying(true, civicrmSays(true, seconds));
const removed = (seconds: number) => saying(false, civicrmSays(false, seconds));
const decided = (rows: readonly Row[], contacts: readonly ClusterContact[]): Decision => decide(cluster({ rows, contacts }), rules());

describe('decision on a shared address', () => {
  it('a yes brings in one only, the lowest id where nobody was ever in [chosen]', () => {
    assert.deepEqual(told(decided([row({ memory: said(true, 10) })], [wilma(), betty()])), ['add Wilma']);
  });

  it('the one who left last, where some were [chosen]', () => {
    assert.deepEqual(told(decided([row({ memory: said(true, 100) })], [wilma(removed(10)), betty(removed(20))])), ['add Betty']);
  });

  it('nobody, while another who uses it is Added [chosen]', () => {
    assert.deepEqual(told(decided([row({ memory: said(true, 100) })], [wilma(removed(10)), betty(added(5))])), []);
  });

  it('nobody, where a removal kept with the row is not surely earlier', () => {
    const kept = { ...said(true, 100), kept: civicrmSays(false, 99) };
    assert.deepEqual(told(decided([row({ memory: kept })], [wilma(), betty()])), ['unsubscribe p1@example.org']);
  });

  it('a no is a no for all who use it', () => {
    const unsubscribed = row({ member: facts({ status: 'unsubscribed' }), memory: said(false, 100) });
    assert.deepEqual(told(decided([unsubscribed], [wilma(added(10)), betty(added(20))])), ['remove Wilma', 'remove Betty']);
  });

  it('the row stays subscribed while one keeps it, and is unsubscribed when none does [users]', () => {
    const subscribed = row({ memory: said(true, 1) });
    assert.deepEqual(told(decided([subscribed], [wilma(removed(100)), betty(added(0))])), []);
    assert.deepEqual(told(decided([subscribed], [wilma(removed(100)), betty(removed(50))])), ['unsubscribe p1@example.org']);
  });

  it('a subscribed row that nobody keeps and nobody has a word for is unsubscribed by the word it has [unkept]', () => {
    const relayed: Word = { ...civicrmSays(true, 10), by: WILMA };
    const [update] = decided([row({ contactId: BETTY, memory: { status: relayed } })], [betty()]).updates;
    assert.deepEqual([update?.kind, update?.origin['status']], ['unsubscribe', relayed]);
  });

  it('the lead is the lowest id among the Added, opted out ones last', () => {
    const never = contactOnly({ email: P1 });
    const names = (contacts: readonly ClusterContact[]): unknown => {
      const [update] = decided([never], contacts).updates.filter((each) => each.side === 'mailchimp');
      return update?.contactId;
    };
    assert.equal(names([wilma(added(1)), betty(added(1))]), WILMA);
    assert.equal(names([wilma(), betty(added(1))]), BETTY);
    assert.equal(names([contact({ subscription: added(1), optOut: civicrmSays(false, 500) }), betty(added(1))]), BETTY);
  });
});

const second = (more: Partial<Row> = {}): Row => row({ id: rowId(2), email: P2, memory: said(true, 1), ...more });
const unsubscribed = (seconds: number, more: Partial<Row> = {}): Row => row({ member: facts({ status: 'unsubscribed' }), memory: said(false, seconds), ...more });

describe('decision on several addresses of a contact', () => {
  const both = [email(WILMA, P1), email(WILMA, P2, { isPrimary: false })];

  it('one that says yes is enough', () => {
    assert.deepEqual(told(decided([unsubscribed(50), second()], [wilma(added(0), both)])), []);
    assert.deepEqual(told(decided([unsubscribed(50), second({ memory: said(true, 100) })], [wilma(removed(10), both)])), ['add Wilma']);
  });

  it('each subscribed row goes when CiviCRM said no later', () => {
    assert.deepEqual(told(decided([row({ memory: said(true, 1) }), second()], [wilma(removed(100), both)])), ['unsubscribe p1@example.org', 'unsubscribe p2@example.org']);
  });

  it('a row’s yes that a removal ended does not come back with that of another [perrow]', () => {
    assert.deepEqual(told(decided([row({ memory: said(true, 1) }), second({ memory: said(true, 100) })], [wilma(removed(50), both)])), ['add Wilma', 'unsubscribe p1@example.org']);
  });

  it('to subscribe again: the best address, never one whose own later no stands', () => {
    assert.deepEqual(told(decided([unsubscribed(10), unsubscribed(20, { id: rowId(2), email: P2 })], [wilma(added(100), both)])), ['subscribe p1@example.org']);
    assert.deepEqual(told(decided([unsubscribed(99), unsubscribed(20, { id: rowId(2), email: P2 })], [wilma(added(100), both)])), ['remove Wilma']);
    const relayed = { status: { ...civicrmSays(false, 20), by: WILMA }, own: mailchimpSays(true, 1) };
    assert.deepEqual(told(decided([unsubscribed(0, { memory: relayed }), unsubscribed(20, { id: rowId(2), email: P2 })], [wilma(added(100), both)])), ['subscribe p1@example.org']);
  });

  it('a row whose address is the contact’s no more gives way to one that is [replace]', () => {
    const old = row({ email: P2, agreedEmail: P2, memory: said(true, 1) });
    const now = row({ id: rowId(2), email: P1, memory: said(true, 1) });
    assert.deepEqual(told(decided([old, now], [wilma(added(0))])), ['unsubscribe p2@example.org']);
  });

  it('two rows never take the same address', () => {
    const rows = [contactOnly(), contactOnly({ id: rowId(2), contactId: BETTY })];
    const decision = decided(rows, [wilma(added(1)), betty(added(1))]);
    assert.deepEqual(told(decision), ['subscribe p1@example.org']);
    assert.deepEqual(decision.rows.map((each) => each.email), [P1, null]);
  });
});

const key = (update: DecidedUpdate | undefined): unknown => (update?.side === 'mailchimp' ? [update.key, update.isNew] : undefined);

describe('a decision remembers', () => {
  it('who used the row, what it heard, and the group statuses for people who look', () => {
    const { rows } = decided([row({ memory: said(true, 7) })], [wilma(added(10)), betty(added(20))]);
    assert.deepEqual([rows[0]?.memory.users, rows[0]?.memory.heard], [[WILMA, BETTY], mailchimpSays(true, 7).at]);
    assert.deepEqual(rows[0]?.groups, { 11: { status: 'Added', at: civicrmSays(true, 10).at } });
  });

  it('where an update to Mailchimp goes: to the contact_id of a known member, else to the address', () => {
    assert.deepEqual(key(decided([row({ memory: said(true, 0) })], [wilma(removed(100))]).updates[0]), ['member1', false]);
    assert.deepEqual(key(decided([contactOnly()], [wilma(added(0))]).updates[0]), [P1, true]);
    const gone = row({ member: facts({ status: null }), memory: said(false, 0) });
    assert.deepEqual(key(decided([gone], [wilma(added(100))]).updates[0]), [P1, false]);
  });

  it('a row gone at Mailchimp begins again with the contact’s best address', () => {
    const gone = row({ member: facts({ status: null }), memory: said(false, 0) });
    const decision = decided([gone], [wilma(added(100), [email(WILMA, P2)])]);
    assert.deepEqual([told(decision), decision.rows[0]?.email], [['subscribe p2@example.org'], P2]);
  });
});
