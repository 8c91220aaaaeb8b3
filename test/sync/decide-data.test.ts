import assert from 'node:assert/strict';
import { emailAddress, rowId } from '../../src/base/ids.ts';
import type { AudienceSettings } from '../../src/settings/settings.ts';
import type { Row } from '../../src/store/entities.ts';
import { decide } from '../../src/sync/decide.ts';
import type { Decision } from '../../src/sync/decision.ts';
import { at, BETTY, civicrmSays, cluster, contact, contactOnly, email, facts, mailchimpSays, P1, P2, row, rules, saying, WILMA } from './samples.ts';

const inStep = { status: mailchimpSays(true, 0), own: mailchimpSays(true, 0) };
const added = saying(true, civicrmSays(true, 0));
const asks = (decision: Decision): readonly unknown[] => decision.updates.map((update) => update.ask);

interface Names {
  readonly mailchimp: string;
  readonly civicrm: string;
  readonly agreed?: string;
  /** When each side was edited last, in seconds. */
  readonly edited?: readonly [mailchimp: number, civicrm: number];
}

function decidedNames({ mailchimp, civicrm, agreed, edited = [0, 0] }: Names, withData = true): Decision {
  const member = facts({ firstName: mailchimp, lastChanged: at(edited[0]) });
  const names = agreed === undefined ? {} : { names: { firstName: agreed } };
  const wilma = contact({ contact: { firstName: civicrm, modified: at(edited[1]) }, subscription: added });
  return decide(cluster({ rows: [row({ member, memory: { ...inStep, ...names } })], contacts: [wilma] }), rules({}, withData));
}

const toMailchimp = (firstName: string): unknown => ({ firstName });
const toCivicrm = (firstName: string): unknown => ({ kind: 'names', firstName });

describe('decision on names', () => {
  const TABLE: readonly (readonly [says: string, names: Names, asks: readonly unknown[]])[] = [
    ['the same on both sides', { mailchimp: 'Wilma', civicrm: 'Wilma' }, []],
    ['changed in CiviCRM', { mailchimp: 'Wilma', civicrm: 'Willy', agreed: 'Wilma', edited: [50, 0] }, [toMailchimp('Willy')]],
    ['changed at Mailchimp', { mailchimp: 'Willy', civicrm: 'Wilma', agreed: 'Wilma', edited: [0, 50] }, [toCivicrm('Willy')]],
    ['changed on both, later in CiviCRM', { mailchimp: 'Willy', civicrm: 'Wilhelmina', agreed: 'Wilma', edited: [10, 50] }, [toMailchimp('Wilhelmina')]],
    ['changed on both, later at Mailchimp', { mailchimp: 'Willy', civicrm: 'Wilhelmina', agreed: 'Wilma', edited: [50, 10] }, [toCivicrm('Willy')]],
    ['changed on both, neither surely later', { mailchimp: 'Willy', civicrm: 'Wilhelmina', agreed: 'Wilma', edited: [12, 10] }, [toMailchimp('Wilhelmina')]],
    ['never agreed on, later at Mailchimp', { mailchimp: 'Willy', civicrm: 'Wilma', edited: [50, 10] }, [toCivicrm('Willy')]],
    ['blanked at Mailchimp', { mailchimp: '', civicrm: 'Wilma', agreed: 'Wilma', edited: [50, 0] }, [toMailchimp('Wilma')]],
    ['blanked in CiviCRM', { mailchimp: 'Wilma', civicrm: '', agreed: 'Wilma', edited: [0, 50] }, [toCivicrm('Wilma')]],
    ['blank on both sides', { mailchimp: '', civicrm: '' }, []],
  ];
  for (const [says, names, expected] of TABLE)
    it(`${says}: ${expected.length === 0 ? 'nothing' : JSON.stringify(expected[0])}`, () => {
      assert.deepEqual(asks(decidedNames(names)), expected);
    });

  it('only in runs with data', () => {
    assert.deepEqual(asks(decidedNames({ mailchimp: 'Wilma', civicrm: 'Willy', agreed: 'Wilma' }, false)), []);
  });

  it('what both sides say is agreed on from then on', () => {
    assert.deepEqual(decidedNames({ mailchimp: 'Wilma', civicrm: 'Wilma' }).rows[0]?.memory.names, { firstName: 'Wilma', lastName: 'Flintstone' });
  });

  it('a new member gets its names in any case, and no blank one', () => {
    const nameless = contact({ contact: { firstName: 'Wilma', lastName: '' }, subscription: added });
    assert.deepEqual(asks(decide(cluster({ rows: [contactOnly()], contacts: [nameless] }), rules())), [{ status: 'subscribed', firstName: 'Wilma' }]);
  });
});

interface Addresses {
  readonly row?: Partial<Row>;
  readonly has: readonly string[];
  readonly others?: readonly Row[];
  readonly settings?: Partial<AudienceSettings>;
}

function decidedAddress({ row: more = {}, has, others = [], settings = {} }: Addresses): Decision {
  const emails = has.map((address, place) => email(WILMA, address, { isPrimary: place === 0 }));
  const { memory, ...rest } = more;
  const own = row({ ...rest, memory: { ...inStep, ...memory } });
  return decide(cluster({ rows: [own, ...others], contacts: [contact({ emails, subscription: added })] }), rules(settings));
}

const renamed = emailAddress('renamed@example.org');

describe('decision on addresses', () => {
  it('an address that the contact still has is left alone, whichever comes first', () => {
    assert.deepEqual(asks(decidedAddress({ has: [P2, P1] })), []);
  });

  it('addressFollows "best": the member gets the first', () => {
    assert.deepEqual(asks(decidedAddress({ has: [P2, P1], settings: { addressFollows: 'best' } })), [{ email: P2 }]);
    assert.deepEqual(asks(decidedAddress({ has: [P1, P2], settings: { addressFollows: 'best' } })), []);
  });

  it('edited in CiviCRM: the member is renamed', () => {
    const decision = decidedAddress({ has: [P2] });
    assert.deepEqual(asks(decision), [{ email: P2 }]);
    assert.equal(decision.updates[0]?.kind, 'rename');
    assert.deepEqual(asks(decidedAddress({ has: [P2], settings: { onAddressChange: 'ignore' } })), []);
  });

  it('changed at Mailchimp: the contact gets it [addrbase]', () => {
    assert.deepEqual(asks(decidedAddress({ row: { email: renamed, agreedEmail: P1 }, has: [P1] })), [{ kind: 'email', email: renamed }]);
  });

  it('changed at Mailchimp to one that the contact has: agreed on', () => {
    const decision = decidedAddress({ row: { email: P2, agreedEmail: P1 }, has: [P1, P2] });
    assert.deepEqual([asks(decision), decision.rows[0]?.agreedEmail], [[], P2]);
  });

  it('not while another live contact has the address', () => {
    const wilma = contact({ emails: [email(WILMA, P2)], subscription: added });
    const betty = contact({ id: BETTY, subscription: saying(true, civicrmSays(true, 0)) });
    assert.deepEqual(asks(decide(cluster({ rows: [row({ memory: inStep })], contacts: [wilma, betty] }), rules())), []);
  });

  it('a taken one is not asked for: reported', () => {
    const taken = row({ id: rowId(2), email: P2, contactId: null, member: facts({ status: 'unsubscribed' }), memory: { status: mailchimpSays(false, 0), own: mailchimpSays(false, 0) } });
    const decision = decidedAddress({ has: [P2], others: [taken] });
    assert.deepEqual([asks(decision), decision.rows[0]?.failReason], [[], 'address']);
  });

  it('nor one that Mailchimp refused; another one is', () => {
    const refused = decidedAddress({ row: { memory: { renameRefused: P2 } }, has: [P2] });
    assert.deepEqual([asks(refused), refused.rows[0]?.failReason], [[], 'address']);
    assert.deepEqual(asks(decidedAddress({ row: { memory: { renameRefused: P2 } }, has: [renamed] })), [{ email: renamed }]);
  });

  it('addressFollows "best": a refused one leaves the member where it is, in step', () => {
    const decision = decidedAddress({ row: { memory: { renameRefused: P2 } }, has: [P2, P1], settings: { addressFollows: 'best' } });
    assert.deepEqual([asks(decision), decision.rows[0]?.syncStatus], [[], 'ok']);
  });

  it('nobody who is not subscribed is renamed', () => {
    const unsubscribed = { member: facts({ status: 'unsubscribed' as const }), memory: { status: mailchimpSays(false, 50), own: mailchimpSays(false, 50) } };
    assert.deepEqual(decidedAddress({ row: unsubscribed, has: [P2] }).updates.map((update) => update.kind), ['remove']);
  });

  it('a contact that has no free address is not renamed', () => {
    assert.deepEqual(asks(decidedAddress({ has: [] })), []);
  });
});
