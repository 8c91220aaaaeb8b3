import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { hostname } from 'node:os';
import { emailAddress } from '../../src/base/ids.ts';
import type { Engine } from '../../src/sync/engine.ts';
import { openScenario, P1, P2, P3, type Scenario } from '../support/scenario.ts';
import { meanwhile } from '../support/meanwhile.ts';
import { closeWorlds, LIST, OTHER_LIST } from '../support/sync-world.ts';
import { sync } from './sync.ts';

const never = new AbortController().signal;
const SAVE = { entity: 'Contact', action: 'save' } as const;
const WILMA = { mergeFields: { FNAME: 'Wilma', LNAME: 'Flintstone' } };

/** Contacts that the sync made: their names and addresses. */
const made = ({ world: { civicrm }, civi }: Scenario): readonly (readonly [string, ...string[]])[] =>
  [...civicrm.tables.contact.all()].filter(({ source, is_deleted }) => source === 'mailchimpsync' && !is_deleted).map(({ id, first_name }) => [first_name ?? '', ...civi.addressesOf(id)] as const);

/** Runs until a request to CiviCRM fails. */
const fails = (scenario: Scenario): Promise<void> => assert.rejects(scenario.sync.run(), { code: 'civicrm_unreachable' });

const claims = (scenario: Scenario) => scenario.world.store.creationClaims('http://127.0.0.1:8282');

const run = (engine: Engine, list = LIST): Promise<unknown> => sync(engine, { kind: 'run', mode: 'incremental', list });

/** Somebody joined, and a claimant has begun to make the contact. */
async function claimedBy(claimant: string): Promise<Scenario> {
  const scenario = await openScenario();
  scenario.person.subscribes(P1, WILMA);
  await scenario.world.store.claimCreation('http://127.0.0.1:8282', [emailAddress(P1)], claimant, scenario.now, 0);
  return scenario;
}

describe('Contacts that the sync makes', () => {
  closeWorlds();

  describe('when a creation dies half-way', () => {
    it('are looked up first: what was done and yet failed is not done again', async () => {
      const s = await openScenario();
      s.person.subscribes(P1, WILMA);
      s.world.civicrm.plan({ fault: { kind: 'done-reset' }, ...SAVE });
      await fails(s);
      await s.sync.run();
      assert.deepEqual(made(s), [['Wilma', P1]]);
      assert.deepEqual(await claims(s), []);
      await s.comesToRest();
    });

    it('[creation claim] are found without their e-mail, and get it', async () => {
      const s = await openScenario();
      for (const address of [P1, P2, P3]) s.person.subscribes(address, { mergeFields: { FNAME: `Name of ${address}`, LNAME: 'Flintstone' } });
      s.world.civicrm.plan({ fault: { kind: 'cut-short', contacts: 1 }, ...SAVE });
      await fails(s);
      assert.equal(made(s).filter(([, ...addresses]) => addresses.length === 0).length, 1);
      await s.sync.run();
      assert.deepEqual(new Set(made(s)), new Set([P1, P2, P3].map((address) => [`Name of ${address}`, address])));
      for (const address of [P1, P2, P3]) assert.equal(s.group(s.civi.ownersOf(address)[0]!), 'Added');
      assert.deepEqual(await claims(s), []);
      await s.comesToRest();
    });

    it('get it as their primary address, and not for bulk mail alone', async () => {
      const s = await openScenario();
      s.person.subscribes(P1, WILMA);
      s.world.civicrm.plan({ fault: { kind: 'cut-short', contacts: 0 }, ...SAVE });
      await fails(s);
      await s.sync.run();
      const [email] = [...s.world.civicrm.tables.email.all()].filter((row) => row.email === P1);
      assert.deepEqual([email?.is_primary, email?.is_bulkmail], [true, false]);
    });

    it('and dies again when the address is to be given, are found all the same', async () => {
      const s = await openScenario();
      s.person.subscribes(P1, WILMA);
      s.world.civicrm.plan({ fault: { kind: 'cut-short', contacts: 0 }, ...SAVE });
      await fails(s);
      s.world.civicrm.plan({ fault: { kind: 'reset' }, entity: 'Email', action: 'create' });
      await fails(s);
      s.world.civicrm.plan({ fault: { kind: 'done-reset' }, entity: 'Email', action: 'create' });
      await fails(s);
      await s.sync.run();
      assert.deepEqual(made(s), [['Wilma', P1]]);
    });

    it('with names longer than their columns, and with none at all', async () => {
      const s = await openScenario();
      const long = 'W'.repeat(70);
      s.person.subscribes(P1, { mergeFields: { FNAME: long, LNAME: '' } });
      s.world.civicrm.plan({ fault: { kind: 'cut-short', contacts: 0 }, ...SAVE });
      await fails(s);
      await s.sync.run();
      s.person.subscribes(P2);
      s.world.civicrm.plan({ fault: { kind: 'cut-short', contacts: 0 }, ...SAVE });
      await fails(s);
      await s.sync.run();
      assert.deepEqual(made(s), [['W'.repeat(64), P1], ['', P2]]);
    });

    it('do not take the place of somebody of the same name, whose address was taken away', async () => {
      const s = await openScenario();
      const earlier = await s.joined(P1);
      s.civi.takesAway(earlier, P1);
      s.passes(2 * 3600);
      s.person.subscribes(P2, WILMA);
      s.world.civicrm.plan({ fault: { kind: 'cut-short', contacts: 0 }, ...SAVE });
      await fails(s);
      await s.sync.run();
      assert.deepEqual(s.civi.addressesOf(earlier), []);
      assert.deepEqual(s.civi.ownersOf(P2).length, 1);
    });

    it('do not take the place of a contact that somebody else made without an address', async () => {
      const s = await openScenario();
      s.person.subscribes(P1, WILMA);
      s.world.civicrm.plan({ fault: { kind: 'status', status: 503 }, ...SAVE });
      await fails(s);
      const theirs = s.civi.creates('Wilma');
      await s.sync.run();
      assert.deepEqual([s.civi.addressesOf(theirs), made(s)], [[], [['Wilma', P1]]]);
    });
  });

  it('do not take the place of one without an address as long as no creation was cut short', async () => {
    const s = await openScenario();
    const earlier = await s.joined(P1);
    s.civi.takesAway(earlier, P1);
    s.person.subscribes(P2, WILMA);
    await s.sync.run();
    assert.deepEqual(s.civi.addressesOf(earlier), []);
    assert.equal(s.civi.ownersOf(P2).length, 1);
  });

  describe('met by two at the same moment', () => {
    for (const when of ['before', 'after'] as const)
      it(`are one, for two audiences (the other's run ${when} the creation)`, async () => {
        const s = await openScenario({ twoAudiences: true });
        s.person.subscribes(P1, WILMA);
        s.person.subscribes(P1, WILMA, OTHER_LIST);
        const other = await s.world.reopen({});
        meanwhile(s.world.civicrm, when, 'handle', () => run(other, OTHER_LIST), ({ path }) => path.endsWith('/Contact/save'));
        await s.sync.run();
        s.passes(60);
        await run(other, OTHER_LIST);
        assert.deepEqual(made(s), [['Wilma', P1]]);
        const [contact] = s.civi.ownersOf(P1);
        assert.deepEqual([s.group(contact!), s.group(contact!, 21)], ['Added', 'Added']);
        assert.deepEqual(await claims(s), []);
      });

    it('are one, for a run and a webhook', async () => {
      const s = await openScenario();
      s.person.subscribes(P1, WILMA);
      const other = await s.world.reopen({});
      meanwhile(
        s.world.civicrm,
        'before',
        'handle',
        async () => {
          for (const id of s.firedWebhooks()) await s.world.mailchimp.webhooks.deliver(id);
          await other.handleInbox({ signal: never });
        },
        ({ path }) => path.endsWith('/Contact/save'),
      );
      await s.sync.run();
      assert.deepEqual(made(s), [['Wilma', P1]]);
      await s.comesToRest();
      assert.equal(s.group(s.civi.ownersOf(P1)[0]!), 'Added');
    });

    it('are one, when the run lost its lease between the claim and the creation', async () => {
      const s = await openScenario();
      s.person.subscribes(P1, WILMA);
      const other = await s.world.reopen({});
      meanwhile(s.world.store, 'after', 'claimCreation', async () => {
        await other.abort(LIST);
        s.passes(1);
        await run(other);
      });
      await assert.rejects(s.sync.run(), { code: 'lease_lost' });
      await run(other);
      assert.deepEqual(made(s), [['Wilma', P1]]);
      await s.comesToRest();
      assert.equal(s.group(s.civi.ownersOf(P1)[0]!), 'Added');
    });
  });

  describe('whose claim was left', () => {
    it('by a dead process of this machine are made at once', async () => {
      const s = await claimedBy(here(deadProcess()));
      await s.sync.run();
      assert.deepEqual(made(s), [['Wilma', P1]]);
    });

    it('are looked up only when a call that may be under way has ended', async () => {
      const s = await claimedBy(here(deadProcess()));
      const claimedAt = s.now;
      let askedAt = 0;
      meanwhile(s.world.civicrm, 'before', 'handle', () => void (askedAt = s.now), ({ path }) => path.endsWith('/Contact/save'));
      await s.sync.run();
      assert.ok(askedAt - claimedAt >= 10_000);
    });

    it('by an engine of this process that was closed are made at once', async () => {
      const s = await claimedBy(here(process.pid));
      await s.sync.run();
      assert.deepEqual(made(s), [['Wilma', P1]]);
    });

    for (const [who, claimant] of [['a living process', () => here(process.ppid)], ['another machine', () => 'elsewhere.example.org/1/abcdef#012345']] as const)
      it(`by ${who} are made when it has run out`, async () => {
        const s = await claimedBy(claimant());
        await s.sync.run();
        assert.deepEqual(made(s), []);
        s.passes(9 * 60);
        await s.sync.run();
        assert.deepEqual(made(s), []);
        s.passes(2 * 60);
        await s.sync.run();
        assert.deepEqual(made(s), [['Wilma', P1]]);
      });

    it('and whose person is wanted no longer lose it after a day', async () => {
      const s = await claimedBy(here(deadProcess()));
      s.person.unsubscribes(P1);
      await s.sync.run();
      assert.equal((await claims(s)).length, 1);
      s.passes(25 * 3600);
      await s.sync.run();
      assert.deepEqual([await claims(s), made(s)], [[], []]);
    });
  });

  it('wait in the inbox for whoever makes them, and are found then', async () => {
    const s = await openScenario();
    s.person.subscribes(P1, WILMA);
    await s.world.store.claimCreation('http://127.0.0.1:8282', [emailAddress(P1)], 'elsewhere.example.org/1/abcdef#012345', s.now, 0);
    await s.webhooksArrive();
    assert.deepEqual(made(s), []);
    const contact = s.civi.creates('Wilma', P1); // the other one's work
    s.passes(60);
    await s.sync.engine.handleInbox({ signal: never });
    await s.sync.run();
    assert.deepEqual([made(s), s.group(contact)], [[], 'Added']);
  });
});

/** A claimant in a process of this machine, or one that is there no longer. */
const here = (pid: number): string => `${hostname()}/${pid}/abcdef#012345`;

/** The id of a process that has ended. */
const deadProcess = (): number => spawnSync(process.execPath, ['--version']).pid;
