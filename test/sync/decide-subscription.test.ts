import assert from 'node:assert/strict';
import type { MemberStatus } from '../../src/mailchimp/api.ts';
import type { AudienceSettings } from '../../src/settings/settings.ts';
import type { Row, Word } from '../../src/store/entities.ts';
import { decide } from '../../src/sync/decide.ts';
import type { Decision } from '../../src/sync/decision.ts';
import { at, civicrmSays, cluster, contact, contactOnly, email, facts, mailchimpSays, P1, P2, row, rules, saying, WILMA } from './samples.ts';

type State = MemberStatus | 'gone' | 'never seen';
type Later = 'Mailchimp' | 'CiviCRM' | 'neither';

/** What a decision does, in words: `subscribe`, `unsubscribe`, `add`, `remove`, `fail: reason`, or `in step`. */
function told(decision: Decision): string {
  const acts = decision.updates.map((update) => update.kind);
  const fails = decision.rows.flatMap((each) => (each.failReason && each.syncStatus !== 'ok' ? [`fail: ${each.failReason}`] : []));
  return [...acts, ...fails].join(', ') || 'in step';
}

/** The second at which each side said its word, Mailchimp's from the second number to the third. */
const TIMES: Readonly<Record<Later, readonly [civicrm: number, since: number, at: number]>> = { Mailchimp: [100, 200, 200], CiviCRM: [200, 100, 100], neither: [200, 100, 300] };

const YES: ReadonlySet<State> = new Set(['subscribed', 'pending']);

/** The row of one contact whose states are its words. */
function rowOf(state: State, later: Later): Row {
  if (state === 'never seen') return contactOnly();
  const [, since, until] = TIMES[later];
  const word = mailchimpSays(YES.has(state), since, until);
  return row({ member: facts({ status: state === 'gone' ? null : state }), memory: { status: word, own: word } });
}

function decided(state: State, added: boolean, later: Later, more: Partial<AudienceSettings> = {}): Decision {
  const [civicrm] = TIMES[later];
  const wilma = contact({ subscription: saying(added, civicrmSays(added, civicrm)) });
  return decide(cluster({ rows: [rowOf(state, later)], contacts: [wilma] }), rules(more));
}

const ANY: readonly Later[] = ['Mailchimp', 'CiviCRM', 'neither'];
const NOT: readonly State[] = ['unsubscribed', 'archived', 'transactional', 'cleaned', 'gone'];

/** algorithm.md, "Subscription, decided per cluster", row by row. */
const TABLE: readonly { readonly mailchimp: readonly State[]; readonly added: boolean; readonly later: readonly Later[]; readonly outcome: string }[] = [
  { mailchimp: ['subscribed', 'pending'], added: true, later: ANY, outcome: 'in step' },
  { mailchimp: NOT, added: false, later: ANY, outcome: 'in step' },
  { mailchimp: NOT, added: true, later: ['Mailchimp', 'neither'], outcome: 'remove' },
  { mailchimp: ['subscribed', 'pending'], added: false, later: ['Mailchimp'], outcome: 'add' },
  { mailchimp: ['subscribed', 'pending'], added: false, later: ['CiviCRM', 'neither'], outcome: 'unsubscribe' },
  { mailchimp: ['unsubscribed', 'archived', 'transactional'], added: true, later: ['CiviCRM'], outcome: 'subscribe' },
  { mailchimp: ['cleaned'], added: true, later: ['CiviCRM'], outcome: 'fail: cleaned' },
  { mailchimp: ['gone'], added: true, later: ['CiviCRM'], outcome: 'subscribe' },
  { mailchimp: ['never seen'], added: true, later: ['CiviCRM'], outcome: 'subscribe' },
  { mailchimp: ['never seen'], added: false, later: ['CiviCRM'], outcome: 'in step' },
];

const holding = (decision: Decision): string => told({ ...decision, updates: decision.updates.filter((update) => update.kind !== 'data') });

const trust = (subscription: 'CiviCRM' | 'Mailchimp') => ({ trustOverride: { subscription, interests: new Map() } });

const optedOut = (word: Word, seen: Row) => decide(cluster({ rows: [seen], contacts: [contact({ subscription: saying(true, civicrmSays(true, 0)), optOut: word })] }), rules());

const cleaned = (memory: Row['memory'] = {}, onHold = 0) =>
  decide(cluster({ rows: [row({ member: facts({ status: 'cleaned' }), memory: { status: mailchimpSays(false, 5), own: mailchimpSays(false, 5), ...memory } })], contacts: [contact({ emails: [email(WILMA, P1, { onHold })], subscription: saying(false, civicrmSays(false, 1)) })] }), rules());

const pending = (civicrm: ReturnType<typeof saying>) =>
  decide(cluster({ rows: [row({ member: facts({ status: 'pending' }), memory: { foreign: { since: at(100), at: at(110) } } })], contacts: [contact({ subscription: civicrm })] }), rules());

describe('decision on the subscription', () => {
  for (const { mailchimp, added, later, outcome } of TABLE)
    for (const state of mailchimp)
      for (const side of later)
        it(`Mailchimp ${state}, CiviCRM ${added ? 'Added' : 'not Added'}, later ${side}: ${outcome}`, () => {
          assert.equal(holding(decided(state, added, side)), outcome);
        });

  it('a row whose member is gone says so, although nothing has failed', () => {
    const [gone] = decide(cluster({ rows: [{ ...rowOf('gone', 'Mailchimp'), contactId: null }], contacts: [] }), rules()).rows;
    assert.deepEqual([gone?.syncStatus, gone?.failReason], ['ok', 'gone_at_mailchimp']);
  });

  it('in step, a row is ok; with an update to Mailchimp it waits', () => {
    assert.equal(decided('subscribed', true, 'CiviCRM').rows[0]?.syncStatus, 'ok');
    assert.equal(decided('subscribed', false, 'CiviCRM').rows[0]?.syncStatus, 'live');
    assert.equal(decided('subscribed', false, 'Mailchimp').rows[0]?.syncStatus, 'ok');
    assert.equal(decided('cleaned', true, 'CiviCRM').rows[0]?.syncStatus, 'fail');
  });

  it('an update relays the word that won, and says why', () => {
    const [update] = decided('subscribed', false, 'CiviCRM').updates;
    assert.deepEqual(update?.origin, { status: civicrmSays(false, 200) });
    assert.match(update?.reason ?? '', /Mailchimp says yes .* CiviCRM no .* the later counts/);
    assert.equal(update?.unclear, false);
    const [unclear] = decided('subscribed', false, 'neither').updates;
    assert.equal(unclear?.unclear, true);
    assert.match(unclear?.reason ?? '', /onTie mailsLess/);
  });

  it('a word of Mailchimp alone counts: whoever has no group status and no history is added', () => {
    const word = mailchimpSays(true, 5);
    assert.equal(told(decide(cluster({ rows: [row({ memory: { status: word, own: word } })] }), rules())), 'add');
  });

  it('nobody has said anything: nothing to do', () => {
    assert.equal(told(decide(cluster({ rows: [contactOnly()] }), rules())), 'in step');
  });

  describe('onTie', () => {
    const cases: readonly (readonly [AudienceSettings['onTie'], State, boolean, string])[] = [
      ['latest', 'subscribed', false, 'add'],
      ['latest', 'unsubscribed', true, 'remove'],
      ['CiviCRM', 'subscribed', false, 'unsubscribe'],
      ['CiviCRM', 'unsubscribed', true, 'subscribe'],
      ['Mailchimp', 'subscribed', false, 'add'],
      ['Mailchimp', 'unsubscribed', true, 'remove'],
    ];
    for (const [onTie, state, added, outcome] of cases)
      it(`${onTie}: ${state} and ${added ? 'Added' : 'not Added'}: ${outcome}`, () => {
        assert.equal(told(decided(state, added, 'neither', { onTie })), outcome);
      });
  });

  describe('trustOverride', () => {
    it('names the side, however late the other spoke', () => {
      assert.equal(told(decided('subscribed', false, 'CiviCRM', trust('Mailchimp'))), 'add');
      assert.equal(told(decided('unsubscribed', true, 'CiviCRM', trust('Mailchimp'))), 'remove');
      assert.equal(told(decided('subscribed', false, 'Mailchimp', trust('CiviCRM'))), 'unsubscribe');
      assert.equal(told(decided('unsubscribed', true, 'Mailchimp', trust('CiviCRM'))), 'subscribe');
    });

    it('counts as said at the time of the decision, so that taking it off again undoes nothing', () => {
      const [update] = decided('subscribed', false, 'Mailchimp', trust('CiviCRM')).updates;
      assert.deepEqual(update?.origin['status'], { value: false, since: at(1000), at: at(1000), source: 'civicrm' });
      const [add] = decided('subscribed', false, 'CiviCRM', trust('Mailchimp')).updates;
      assert.deepEqual(add?.origin['status'], mailchimpSays(true, 1000));
    });

    it('settles between two words: a side that has said nothing is not trusted', () => {
      assert.equal(told(decided('never seen', true, 'CiviCRM', trust('Mailchimp'))), 'subscribe');
    });
  });

  describe('settings', () => {
    it('onRemove "archive" archives', () => {
      const [update] = decided('subscribed', false, 'CiviCRM', { onRemove: 'archive' }).updates;
      assert.deepEqual(update?.ask, { status: 'archived' });
    });

    it('newMemberStatus "pending" asks those who were never seen, and nobody else', () => {
      const asksFirst = { newMemberStatus: 'pending' } as const;
      assert.deepEqual(decided('never seen', true, 'CiviCRM', asksFirst).updates[0]?.ask, { status: 'pending', firstName: 'Wilma', lastName: 'Flintstone' });
      assert.deepEqual(decided('unsubscribed', true, 'CiviCRM', asksFirst).updates[0]?.ask, { status: 'subscribed' });
    });
  });

  describe('opt-out', () => {
    it('later than the member’s yes unsubscribes; the group status stays', () => {
      assert.equal(told(optedOut(civicrmSays(false, 200), rowOf('subscribed', 'CiviCRM'))), 'unsubscribe');
    });

    it('earlier than the yes leaves it, marked', () => {
      assert.equal(told(optedOut(civicrmSays(false, 50), rowOf('subscribed', 'CiviCRM'))), 'fail: opted_out');
    });

    it('is relayed as an opt-out of its contact, which may be taken back', () => {
      const [update] = optedOut(civicrmSays(false, 200), rowOf('subscribed', 'CiviCRM')).updates;
      assert.deepEqual([update?.origin['status']?.optOut, update?.origin['status']?.by], [true, WILMA]);
    });
  });

  describe('addresses to subscribe', () => {
    const added = saying(true, civicrmSays(true, 200));
    const never = (emails: readonly ReturnType<typeof email>[]) => decide(cluster({ rows: [contactOnly()], contacts: [contact({ emails, subscription: added })] }), rules());

    it('the best one, never one on hold; none: no_email', () => {
      const [update] = never([email(WILMA, P1, { onHold: 1 }), email(WILMA, P2)]).updates;
      assert.equal(update?.side === 'mailchimp' && update.key, P2);
      assert.equal(told(never([])), 'fail: no_email');
      assert.equal(told(never([email(WILMA, P1, { onHold: 2 })])), 'fail: no_email');
    });

    it('the row takes the address with its first update [claimaddr]', () => {
      const [decidedRow] = never([email(WILMA, P1)]).rows;
      assert.deepEqual([decidedRow?.email, decidedRow?.agreedEmail], [P1, P1]);
    });

    it('a known address on hold is not subscribed again', () => {
      const held = contact({ emails: [email(WILMA, P1, { onHold: 1 })], subscription: added });
      assert.equal(told(decide(cluster({ rows: [rowOf('unsubscribed', 'CiviCRM')], contacts: [held] }), rules())), 'fail: on_hold');
    });

    it('where another address is free, it gets a row of its own', () => {
      const held = contact({ emails: [email(WILMA, P1, { onHold: 1 }), email(WILMA, P2)], subscription: added });
      const decision = decide(cluster({ rows: [rowOf('unsubscribed', 'CiviCRM')], contacts: [held] }), rules());
      assert.deepEqual(decision.newRows, [{ contactId: WILMA, email: P2 }]);
      assert.deepEqual(decision.updates, []);
    });
  });

  describe('cleaned', () => {
    it('puts the address on hold, once', () => {
      assert.deepEqual(cleaned().updates.map((update) => update.ask), [{ kind: 'hold', email: P1 }]);
      assert.deepEqual(cleaned({ held: true }).updates, []);
      assert.deepEqual(cleaned({}, 1).updates, []);
    });

    it('is forgotten when the member is cleaned no more', () => {
      const again = decide(cluster({ rows: [row({ memory: { status: mailchimpSays(true, 5), held: true } })], contacts: [contact({ subscription: saying(true, civicrmSays(true, 1)) })] }), rules());
      assert.equal(again.rows[0]?.memory.held, undefined);
    });
  });

  describe('refused before', () => {
    const word = civicrmSays(true, 200);
    const refused = (memory: Row['memory'], said: Word = word) => decide(cluster({ rows: [{ ...rowOf('unsubscribed', 'CiviCRM'), memory: { ...rowOf('unsubscribed', 'CiviCRM').memory, ...memory } }], contacts: [contact({ subscription: saying(true, said) })] }), rules());

    for (const reason of ['forgotten', 'address_refused', 'compliance', 'other'] as const)
      it(`${reason}: nothing is sent for that word again`, () => {
        const decision = refused({ refused: { since: word.since, at: word.at, reason } });
        assert.deepEqual([told(decision), decision.updates], [`fail: ${reason}`, []]);
      });

    it('a new word releases it', () => {
      assert.equal(told(refused({ refused: { since: word.since, at: word.at, reason: 'forgotten' } }, civicrmSays(true, 300))), 'subscribe');
    });

    it('too many lists: released after its time', () => {
      assert.equal(told(refused({ refused: { since: word.since, at: word.at, reason: 'later', until: at(2000) } })), 'fail: later');
      assert.equal(told(refused({ refused: { since: word.since, at: word.at, reason: 'later', until: at(900) } })), 'subscribe');
    });

    it('for compliance: pending is asked for that word, and the row is redo', () => {
      const decision = refused({ askPending: { since: word.since, at: word.at } });
      assert.deepEqual([decision.updates[0]?.ask, decision.rows[0]?.syncStatus], [{ status: 'pending' }, 'redo']);
      assert.deepEqual(refused({ askPending: { since: at(1), at: at(1) } }).updates[0]?.ask, { status: 'subscribed' });
    });
  });

  describe('a pending that a person began', () => {
    it('is in step with Added and brings nobody in [foreign]', () => {
      assert.equal(told(pending(saying(true, civicrmSays(true, 1)))), 'in step');
      assert.equal(told(decide(cluster({ rows: [row({ member: facts({ status: 'pending' }), memory: { foreign: { since: at(100), at: at(110) } } })] }), rules())), 'in step');
    });

    it('ends only by a no of CiviCRM surely later than the first look that showed it', () => {
      assert.equal(told(pending(saying(false, civicrmSays(false, 112)))), 'in step');
      assert.equal(told(pending(saying(false, civicrmSays(false, 113)))), 'unsubscribe');
    });
  });

  it('a trashed contact holds its cluster back until stage 2 has looked', () => {
    const trashed = contact({ contact: { isDeleted: true }, subscription: saying(false, civicrmSays(false, 500)) });
    const decision = decide(cluster({ rows: [rowOf('subscribed', 'CiviCRM')], contacts: [trashed] }), rules());
    assert.deepEqual([decision.updates, decision.rows[0]?.syncStatus], [[], 'todo']);
  });

  it('a subscribed row without any contact is left to stage 4', () => {
    assert.equal(told(decide(cluster({ rows: [{ ...rowOf('subscribed', 'CiviCRM'), contactId: null }], contacts: [] }), rules())), 'in step');
  });

  it('a subscribed row without a contact, whose kept removal is the later word, is unsubscribed [trashword]', () => {
    const kept = { ...rowOf('subscribed', 'CiviCRM'), contactId: null };
    const decision = decide(cluster({ rows: [{ ...kept, memory: { ...kept.memory, kept: civicrmSays(false, 200) } }], contacts: [] }), rules());
    assert.equal(told(decision), 'unsubscribe');
  });
});
