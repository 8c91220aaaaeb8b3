import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { rowId } from '../../src/base/ids.ts';
import type { MemberStatus } from '../../src/mailchimp/api.ts';
import type { Row, Word } from '../../src/store/entities.ts';
import { usersOf, wordFor, type Cluster } from '../../src/sync/cluster.ts';
import { decide } from '../../src/sync/decide.ts';
import type { Decision, DecisionRules } from '../../src/sync/decision.ts';
import { at, BETTY, civicrmSays, contact, contactOnly, email, facts, mailchimpSays, P1, P2, row, rules, saying, WILMA } from './samples.ts';

const STATES: readonly MemberStatus[] = ['subscribed', 'pending', 'unsubscribed', 'archived', 'cleaned'];
const isYes = (status: MemberStatus | null | undefined): boolean => status === 'subscribed' || status === 'pending';

const range = fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 8 }));
const ownerOf = fc.constantFrom(WILMA, BETTY, null);

const anyRow = (id: number, address: typeof P1): fc.Arbitrary<Row> =>
  fc.record({ state: fc.constantFrom<readonly (MemberStatus | null)[]>(...STATES.map((status) => [status]), [null]).map(([status]) => status ?? null), said: range, owner: ownerOf, agrees: fc.boolean(), seen: fc.boolean() }).map(({ state, said, owner, agrees, seen }) => {
    if (!seen && owner !== null) return contactOnly({ id: rowId(id), contactId: owner });
    const word = mailchimpSays(agrees ? isYes(state) : !isYes(state), said[0], said[0] + said[1]);
    return row({ id: rowId(id), email: address, contactId: owner, member: facts({ status: state }), memory: { status: word, own: word } });
  });

const anySaying = fc.oneof(
  fc.constant(saying(false, undefined)),
  fc.tuple(fc.boolean(), range, range).map(([value, [since, length], [removed]]) => saying(value, civicrmSays(value, since, since + length), value ? civicrmSays(false, Math.min(removed, since)) : civicrmSays(false, since, since + length))),
);

/** Wilma with one or both addresses, Betty with one or none; two rows; all said within half a minute. */
const anyCluster: fc.Arbitrary<Cluster> = fc.record({ first: anyRow(1, P1), second: anyRow(2, P2), wilma: anySaying, betty: anySaying, both: fc.boolean(), shared: fc.boolean() }).map(({ first, second, wilma, betty, both, shared }) => ({
  rows: [first, second],
  contacts: [
    contact({ subscription: wilma, emails: [email(WILMA, P1), ...(both ? [email(WILMA, P2, { isPrimary: false })] : [])] }),
    contact({ id: BETTY, subscription: betty, emails: shared ? [email(BETTY, P2)] : [] }),
  ],
  updates: [],
  survivors: new Map(),
}));

/** The cluster as it is once everything that was decided has been done, its words relayed. */
function carriedOut(cluster: Cluster, decision: Decision): Cluster {
  const rows = decision.rows.map((each) => decision.updates.reduce((kept, update) => (update.rowId === each.id && update.side === 'mailchimp' ? sent(kept, update.ask, update.origin) : kept), each));
  const contacts = cluster.contacts.map((each) =>
    decision.updates.reduce((kept, update) => {
      if (update.side !== 'civicrm' || update.contactId !== each.id || update.ask.kind !== 'group' || !update.origin['status']) return kept;
      const value = update.ask.status === 'Added';
      const word: Word = { ...update.origin['status'], value };
      return { ...kept, subscription: saying(value, word, value ? kept.subscription.removal : word) };
    }, each),
  );
  return { ...cluster, rows, contacts };
}

function sent(before: Row, ask: { readonly status?: string; readonly email?: Row['email'] }, origin: Readonly<Record<string, Word>>): Row {
  const address = ask.email ?? before.email;
  if (!ask.status) return { ...before, email: address, agreedEmail: address };
  const status = ask.status as MemberStatus;
  const word: Word = { ...origin['status']!, value: isYes(status) };
  return { ...before, email: address, agreedEmail: address, member: facts({ status }), memory: { ...before.memory, status: word, ours: { status: true } } };
}

const sends = (decision: Decision): readonly string[] => decision.updates.filter((update) => update.kind !== 'data' && update.kind !== 'rename').map((update) => `${update.side} ${update.kind}`);

const decider: DecisionRules = rules();

describe('decision, for any cluster', () => {
  it('is the same whenever it is made of the same', () => {
    fc.assert(fc.property(anyCluster, (cluster) => assert.deepEqual(decide(cluster, decider), decide(cluster, decider))));
  });

  it('comes to rest: after three decisions that were carried out there is nothing left to do', () => {
    fc.assert(
      fc.property(anyCluster, (cluster) => {
        let now = cluster;
        for (let round = 0; round < 3; round++) now = carriedOut(now, decide(now, decider));
        assert.deepEqual(sends(decide(now, decider)), []);
      }),
      { numRuns: 1000 },
    );
  });

  it('subscribes no address against a no of its own that is surely later than the yes it relays', () => {
    fc.assert(
      fc.property(anyCluster, (cluster) => {
        for (const update of decide(cluster, decider).updates) {
          const yes = update.origin['status'];
          if (update.kind !== 'subscribe' || !yes) continue;
          const target = cluster.rows.find((each) => each.id === update.rowId)!;
          for (const user of usersOf(cluster, target)) {
            const own = wordFor(cluster, target, user);
            assert.ok(!own || own.value || decider.order.surelyLater(yes, own), `subscribed by a yes of ${yes.since - at(0)} against a no of ${own?.at}`);
          }
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('adds nobody against a removal of its own that is not surely earlier', () => {
    fc.assert(
      fc.property(anyCluster, (cluster) => {
        for (const update of decide(cluster, decider).updates) {
          const removal = cluster.contacts.find((each) => each.id === update.contactId)?.subscription.removal;
          if (update.kind === 'add' && removal) assert.ok(decider.order.surelyLater(update.origin['status']!, removal));
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('gives each row one update to Mailchimp at the most, and no address to two rows', () => {
    fc.assert(
      fc.property(anyCluster, (cluster) => {
        const decision = decide(cluster, decider);
        const rows = decision.updates.filter((update) => update.side === 'mailchimp').map((update) => update.rowId);
        assert.equal(new Set(rows).size, rows.length);
        const addresses = decision.rows.flatMap((each) => each.email ?? []);
        assert.equal(new Set(addresses).size, addresses.length);
      }),
    );
  });
});
