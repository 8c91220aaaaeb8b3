import assert from 'node:assert/strict';
import type { FailReason } from '../../src/store/entities.ts';
import { BATCHED, openScenario, P1, P2, P3, type Scenario } from '../support/scenario.ts';
import { closeWorlds, LIST, type WorldOptions } from '../support/sync-world.ts';

interface Refused {
  readonly what: string;
  readonly reason: FailReason;
  readonly address: string;
  /** Requests that Mailchimp refuses for one word of CiviCRM's: `pending` is asked after `subscribed`. */
  readonly asks: number;
  /** Makes Mailchimp refuse whoever has the address; answers the contact, which is not in the group. */
  readonly set: (s: Scenario, address: string) => Promise<number>;
}

const KINDS: readonly Refused[] = [
  {
    what: 'forgotten',
    reason: 'forgotten',
    address: P1,
    asks: 1,
    set: async (s, address) => {
      const contact = await s.joined(address);
      s.mailchimpAdmin.deletesForGood(address);
      await s.comesToRest();
      return contact;
    },
  },
  { what: 'a fake address', reason: 'address_refused', address: 'wilma@example.com', asks: 1, set: (s, address) => Promise.resolve(s.civi.creates('Wilma', address)) },
  {
    what: 'too many lists',
    reason: 'later',
    address: P1,
    asks: 1,
    set: (s, address) => {
      s.world.mailchimp.administrators.markTooManySignups(LIST, address);
      return Promise.resolve(s.civi.creates('Wilma', address));
    },
  },
  {
    what: 'who complained',
    reason: 'compliance',
    address: P1,
    asks: 2,
    set: async (s, address) => {
      const contact = await s.joined(address);
      s.person.complains(address);
      await s.comesToRest();
      return contact;
    },
  },
];

const refusals = async (s: Scenario): Promise<number> => (await s.sync.updates()).filter((update) => update.state === 'failed').length;

async function refusedIn(kind: Refused, options: WorldOptions = {}): Promise<{ readonly s: Scenario; readonly wilma: number }> {
  const s = await openScenario(options);
  const wilma = await kind.set(s, kind.address);
  s.civi.adds(wilma);
  s.civi.adds(s.civi.creates('Betty', P2));
  return { s, wilma };
}

describe('refused people', () => {
  closeWorlds();

  for (const kind of KINDS) {
    for (const [how, options] of [['one by one', {}], ['in a batch', BATCHED]] as const)
      it(`${kind.what}, ${how}: refused once, with the reason, and neither the run nor anybody else fails`, async () => {
        const { s, wilma } = await refusedIn(kind, options);
        await s.comesToRest();
        assert.equal((await s.sync.rowOf(wilma)).failReason, kind.reason);
        assert.equal(s.group(wilma), 'Added');
        assert.equal(s.member(P2), 'subscribed');
        assert.ok((await s.world.store.runs(LIST, 100)).every((run) => run.state === 'done'));
        assert.equal(await refusals(s), kind.asks);
      });

    it(`${kind.what}: added anew, Mailchimp is asked once more`, async () => {
      const { s, wilma } = await refusedIn(kind);
      await s.comesToRest();
      s.civi.removes(wilma);
      await s.comesToRest();
      assert.equal((await s.sync.rowOf(wilma)).syncStatus, 'ok');
      assert.equal(await refusals(s), kind.asks, 'a removal asks for nothing');
      s.civi.adds(wilma);
      await s.comesToRest();
      assert.equal(await refusals(s), 2 * kind.asks);
      assert.equal((await s.sync.rowOf(wilma)).failReason, kind.reason);
    });

    it(`${kind.what}: another address releases`, async () => {
      const { s, wilma } = await refusedIn(kind);
      await s.comesToRest();
      s.civi.edits(wilma, kind.address, P3);
      await s.comesToRest();
      s.assertSides([P3, 'subscribed'], [wilma, 'Added']);
    });
  }

  for (const kind of KINDS.filter(({ reason }) => reason !== 'address_refused'))
    it(`${kind.what}: the person's own sign-up releases`, async () => {
      const { s, wilma } = await refusedIn(kind);
      await s.comesToRest();
      s.person.subscribes(kind.address);
      await s.comesToRest();
      s.assertSides([kind.address, 'subscribed'], [wilma, 'Added']);
      assert.equal(await s.failReason(kind.address), null);
    });

  it('are counted by their reason in the status', async () => {
    const { s } = await refusedIn(KINDS[0]!);
    await s.comesToRest();
    assert.deepEqual((await s.sync.engine.status())[0]?.fails, { forgotten: 1 });
  });
});
