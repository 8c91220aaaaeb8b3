import assert from 'node:assert/strict';
import type { FailReason } from '../../src/store/entities.ts';
import { json } from '../support/scripted-service.ts';
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

/** One of several whom nothing is wrong with. */
const other = (number: number): string => `betty${number}@example.org`;

/** Mailchimp refuses whoever is called so. */
function dislikes(s: Scenario, name: string, problem: { readonly detail: string; readonly errors?: readonly unknown[] } = { detail: 'We do not like it' }): void {
  const { mailchimp } = s.world;
  const handle = mailchimp.handle.bind(mailchimp);
  mailchimp.handle = (request) =>
    new TextDecoder().decode(request.body).includes(`"FNAME":"${name}"`) ? Promise.resolve(json({ title: 'Invalid Resource', status: 400, ...problem }, 400)) : handle(request);
}

/** A site with a rule of its own makes no contact of this name; what came before it in the call is done. */
function refuses(s: Scenario, name: string): { asked: number } {
  const { civicrm } = s.world;
  const handle = civicrm.handle.bind(civicrm);
  const seen = { asked: 0 };
  civicrm.handle = async (request) => {
    const form = new URLSearchParams(new TextDecoder().decode(request.body));
    const params = request.path.endsWith('/Contact/save') ? (JSON.parse(form.get('params')!) as { records: readonly { first_name?: string }[] }) : null;
    const at = params?.records.findIndex((record) => record.first_name === name) ?? -1;
    if (at < 0) return handle(request);
    seen.asked += 1;
    form.set('params', JSON.stringify({ ...params, records: params!.records.slice(0, at) }));
    if (at > 0) await handle({ ...request, body: new TextEncoder().encode(form.toString()) });
    return json({ error_code: 0, error_message: `${name} is not a name`, status: 500 }, 500);
  };
  return seen;
}

async function refusedName(): Promise<{ readonly s: Scenario; readonly seen: { asked: number } }> {
  const s = await openScenario();
  const seen = refuses(s, 'Nn');
  s.person.subscribes(P2, { mergeFields: { FNAME: 'Betty' } });
  s.person.subscribes(P1, { mergeFields: { FNAME: 'Nn' } });
  s.person.subscribes(P3, { mergeFields: { FNAME: 'Fred' } });
  await s.comesToRest();
  return { s, seen };
}

/** Somebody is refused whose name Mailchimp does not like, without saying so. */
async function refusedByName(): Promise<{ readonly s: Scenario; readonly wilma: number }> {
  const s = await openScenario();
  dislikes(s, 'Nn');
  const wilma = s.civi.creates('Nn', P1);
  s.civi.adds(wilma);
  await s.comesToRest();
  assert.equal((await s.sync.rowOf(wilma)).failReason, 'other');
  assert.equal(await refusals(s), 1);
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
      s.assertSides([P3, kind.reason === 'compliance' ? 'pending' : 'subscribed'], [wilma, 'Added']); // who left by themselves is asked, at whichever address
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

  describe('for a reason that nobody knows', () => {
    it('another name releases', async () => {
      const { s, wilma } = await refusedByName();
      s.civi.renames(wilma, 'Wilma');
      await s.comesToRest();
      s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
      assert.equal(await s.failReason(P1), null);
    });

    it('any other edit of the contact does not', async () => {
      const { s, wilma } = await refusedByName();
      s.civi.gives(wilma, P2);
      await s.comesToRest();
      assert.equal(await refusals(s), 1);
      assert.equal(await s.failReason(P1), 'other');
    });

    it('a name that Mailchimp refuses as such keeps nobody out, and is sent once it is another', async () => {
      const s = await openScenario();
      dislikes(s, 'Nn', { detail: 'Your merge fields were invalid.', errors: [{ field: 'FNAME', message: 'is not a name' }] });
      const wilma = s.civi.creates('Nn', P1);
      s.civi.adds(wilma);
      await s.comesToRest({ withData: true });
      s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
      assert.deepEqual([await s.failReason(P1), await refusals(s)], ['data_refused', 1]);
      s.civi.renames(wilma, 'Wilma');
      await s.comesToRest({ withData: true });
      assert.deepEqual([s.memberRecord(P1)?.mergeFields['FNAME'], await s.failReason(P1), await refusals(s)], ['Wilma', null, 1]);
    });
  });

  describe('of whom CiviCRM takes no contact', () => {
    const LONG = `${'wilma.'.repeat(45)}x@example.org`;

    it('an address longer than its column: refused alone, reported, asked once; the others of the same call are made', async () => {
      const s = await openScenario();
      for (let number = 0; number < 10; number++) s.person.subscribes(other(number));
      s.person.subscribes(LONG);
      for (let number = 10; number < 20; number++) s.person.subscribes(other(number));
      await s.comesToRest();
      for (let number = 0; number < 20; number++) assert.equal(s.civi.ownersOf(other(number)).length, 1, other(number));
      assert.deepEqual([s.member(LONG), await s.failReason(LONG)], ['subscribed', 'address_refused']);
      assert.ok((await s.world.store.runs(LIST, 100)).every((run) => run.state === 'done'));
      assert.deepEqual((await s.sync.engine.status())[0]?.fails, { address_refused: 1 });
      assert.equal(s.world.logged.filter((line) => line.includes('no contact')).length, 1);
      assert.ok(s.world.logged.every((line) => !line.includes('wilma')), 'a log line tells the address');
    });

    it('a webhook about that person is handled', async () => {
      const s = await openScenario();
      await s.comesToRest();
      s.person.subscribes(LONG);
      await s.webhooksArrive();
      assert.equal(await s.failReason(LONG), 'address_refused');
      await s.comesToRest();
      assert.equal(await s.failReason(LONG), 'address_refused');
    });

    it('a site that refuses one of several: that one is reported, the others are made once', async () => {
      const { s, seen } = await refusedName();
      assert.deepEqual([P1, P2, P3].map((address) => s.civi.ownersOf(address).length), [0, 1, 1]);
      assert.equal(await s.failReason(P1), 'other');
      assert.equal(seen.asked, 2, 'in the call of all, and alone: a refusal is not believed at once');
    });

    it('another name releases', async () => {
      const { s } = await refusedName();
      s.person.isCalled(P1, 'Wilma');
      await s.comesToRest();
      const [wilma] = s.civi.ownersOf(P1);
      s.assertSides([P1, 'subscribed'], [wilma!, 'Added']);
      assert.equal(await s.failReason(P1), null);
    });

    it('a site is asked again after a day, and control releases at once', async () => {
      const { s, seen } = await refusedName();
      s.passes(24 * 3600);
      await s.comesToRest();
      assert.equal(seen.asked, 4);
      assert.equal(await s.sync.engine.release(LIST, 'other'), 1);
      await s.sync.run();
      assert.equal(seen.asked, 6);
      assert.equal(await s.failReason(P1), 'other');
    });

    it('a person who leaves meanwhile is reported no more', async () => {
      const { s } = await refusedName();
      s.person.unsubscribes(P1);
      await s.comesToRest();
      assert.deepEqual([s.member(P1), await s.failReason(P1), s.civi.ownersOf(P1)], ['unsubscribed', null, []]);
    });

    it('another address at Mailchimp releases', async () => {
      const s = await openScenario();
      s.person.subscribes(LONG);
      await s.comesToRest();
      s.person.movesTo(LONG, P1);
      await s.comesToRest();
      const [wilma] = s.civi.ownersOf(P1);
      s.assertSides([P1, 'subscribed'], [wilma!, 'Added']);
      assert.equal(await s.failReason(P1), null);
    });
  });

  it('are counted by their reason in the status', async () => {
    const { s } = await refusedIn(KINDS[0]!);
    await s.comesToRest();
    assert.deepEqual((await s.sync.engine.status())[0]?.fails, { forgotten: 1 });
  });
});
