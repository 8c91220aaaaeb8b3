import assert from 'node:assert/strict';
import { HOUR } from '../../../src/base/clock.ts';
import { world } from '../../../src/simulator/world.ts';
import { LIST, closeWorlds } from '../../support/sync-world.ts';
import { P1, P2, openScenario, type Scenario } from '../../support/scenario.ts';

/** Types of the webhooks that wait, by id. */
const typesOf = (s: Scenario): ReadonlyMap<number, string> => new Map(s.world.mailchimp.webhooks.waiting().map(({ id, type }) => [id, type]));

/** The id of the waiting webhook of this type. */
function fired(s: Scenario, type: string): number {
  const [id] = [...typesOf(s)].find(([, each]) => each === type) ?? [];
  return id ?? assert.fail(`no ${type} was fired`);
}

/** Somebody who knows the secret of the address sends a webhook of P1 that is none of Mailchimp's. */
async function receives(s: Scenario, changes: Readonly<Record<string, string>>): Promise<void> {
  const fields = { fired_at: new Date(s.now).toISOString().slice(0, 19).replace('T', ' '), 'data[list_id]': LIST, 'data[email]': P1, 'data[id]': '8a25ff1d98', ...changes };
  const answer = await s.sync.engine.receiveWebhook({ method: 'POST', query: { secret: world.webhookSecret }, headers: {}, body: Buffer.from(new URLSearchParams(fields).toString()) });
  assert.equal(answer.status, 200);
}

/** Somebody who is in step on both sides moves to another address. */
const moved = async (s: Scenario): Promise<number> => {
  const wilma = await s.joined(P1);
  s.person.movesTo(P1, P2);
  s.passes(5);
  return wilma;
};

const assertMoved = async (s: Scenario, wilma: number): Promise<void> => {
  s.assertSides([P2, 'subscribed'], [wilma, 'Added']);
  assert.deepEqual([s.civi.ownersOf(P1), s.civi.ownersOf(P2)], [[wilma], [wilma]]);
  assert.deepEqual(s.civi.addressesOf(wilma), [P1, P2]);
  const rows = await s.sync.rows();
  assert.deepEqual(rows.map(({ email, memberHash }) => [email, memberHash]), [[P2, s.memberRecord(P2)?.id]]);
};

/** algorithm.md, "Webhooks": each type, as Mailchimp fires it, handled without a run. */
describe('webhooks by type', () => {
  closeWorlds();

  describe('subscribe', () => {
    it('makes the contact of somebody new, with its names, and adds it to the group', async () => {
      const s = await openScenario();
      s.person.subscribes(P1, { mergeFields: { FNAME: 'Wilma', LNAME: 'Flintstone' } });
      s.passes(5);
      await s.webhooksArrive();
      const [wilma] = s.civi.ownersOf(P1);
      s.assertSides([P1, 'subscribed'], [wilma!, 'Added']);
      assert.equal(s.civi.firstNameOf(wilma!), 'Wilma');
      await s.comesToRest();
    });

    it('adds the contact that has the address', async () => {
      const s = await openScenario();
      const wilma = s.civi.creates('Wilma', P1);
      s.passes(5);
      s.person.subscribes(P1);
      await s.webhooksArrive();
      s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
      assert.deepEqual(s.civi.ownersOf(P1), [wilma]);
    });

    it('that Mailchimp cannot have fired, because the member did not change then, is nobody\'s word', async () => {
      const s = await openScenario();
      const wilma = await s.joined();
      s.passes(60);
      s.civi.removes(wilma);
      await s.comesToRest();
      s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
      for (const minutes of [20, 40]) {
        s.passes(minutes * 60);
        await receives(s, { type: 'subscribe' });
        await s.sync.handleInbox();
        s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
      }
      await s.comesToRest();
      s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
      s.passes(60);
      s.person.subscribes(P1);
      await s.webhooksArrive();
      s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
    });

    it('that reports an unconfirmed sign-up brings nobody in', async () => {
      const s = await openScenario();
      s.person.signsUp(P1);
      s.passes(5);
      s.person.confirms(P1);
      s.passes(5);
      s.mailchimpAdmin.unsubscribes(P1);
      s.person.signsUp(P1);
      await s.webhooksArrive(fired(s, 'subscribe'));
      assert.deepEqual(s.civi.ownersOf(P1), []);
    });
  });

  describe('unsubscribe', () => {
    it('takes the contact of who left out of the group at once', async () => {
      const s = await openScenario();
      const wilma = await s.joined();
      s.person.unsubscribes(P1);
      await s.webhooksArrive();
      s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
      await s.comesToRest();
    });

    it('that comes an hour late does not undo a later add in CiviCRM', async () => {
      const s = await openScenario();
      const wilma = await s.joined();
      s.mailchimpAdmin.unsubscribes(P1);
      s.passes(600);
      s.civi.removes(wilma);
      s.civi.adds(wilma);
      s.passes(HOUR / 1000);
      await s.webhooksArrive();
      s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
      await s.comesToRest();
    });

    it('that claims to be of the future was said no later than now: what people say afterwards counts', async () => {
      const s = await openScenario();
      const wilma = await s.joined();
      s.passes(60);
      await receives(s, { type: 'unsubscribe', fired_at: '2099-01-01 00:00:00', 'data[action]': 'unsub' });
      await s.sync.handleInbox();
      s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
      s.passes(60);
      s.civi.removes(wilma);
      s.passes(60);
      await s.sync.run();
      s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
      s.passes(60);
      s.civi.adds(wilma);
      s.passes(60);
      await s.comesToRest();
      s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
    });

    it('is believed to have been fired by the clock of Mailchimp, although ours is an hour behind and has not been compared yet', async () => {
      const s = await openScenario({ engineAhead: -3_600_000 });
      const wilma = await s.joined();
      s.passes(600);
      s.civi.removes(wilma);
      s.civi.adds(wilma);
      s.passes(60);
      s.person.unsubscribes(P1);
      const [unsubscribe] = s.firedWebhooks();
      s.sync.engine = await s.world.reopen({});
      await s.webhooksArrive(unsubscribe!);
      s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
    });

    it('by a complaint (reason abuse) does the same', async () => {
      const s = await openScenario();
      const wilma = await s.joined();
      s.person.complains(P1);
      assert.match(JSON.stringify(s.world.mailchimp.webhooks.waiting()), /abuse/);
      await s.webhooksArrive();
      s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
    });

    it('by the archive (action delete) takes the contact out of the group', async () => {
      const s = await openScenario();
      const wilma = await s.joined();
      s.mailchimpAdmin.archives(P1);
      assert.match(JSON.stringify(s.world.mailchimp.webhooks.waiting()), /"delete"/);
      await s.webhooksArrive();
      s.assertSides([P1, 'archived'], [wilma, 'Removed']);
      await s.comesToRest();
    });

    it('of somebody nobody knows changes nothing in CiviCRM', async () => {
      const s = await openScenario();
      s.person.subscribes(P1);
      s.person.unsubscribes(P1);
      await s.webhooksArrive(fired(s, 'unsubscribe'));
      assert.deepEqual(s.civi.ownersOf(P1), []);
      assert.equal(s.sync.engine.requests().civicrm.get('Contact.save'), undefined);
    });
  });

  describe('profile', () => {
    it('gives the contact the names that the person wrote', async () => {
      const s = await openScenario();
      const wilma = await s.joined();
      s.person.isCalled(P1, 'Willy');
      await s.webhooksArrive();
      assert.equal(s.civi.firstNameOf(wilma), 'Willy');
    });

    it("wins over an older name of CiviCRM's", async () => {
      const s = await openScenario();
      const wilma = await s.joined();
      s.civi.renames(wilma, 'Wilhelmina');
      s.passes(60);
      s.person.isCalled(P1, 'Willy');
      await s.webhooksArrive();
      assert.equal(s.civi.firstNameOf(wilma), 'Willy');
      assert.equal(s.memberRecord(P1)?.mergeFields['FNAME'], 'Willy');
    });

    it("gives way to a later name of CiviCRM's", async () => {
      const s = await openScenario();
      const wilma = await s.joined();
      s.person.isCalled(P1, 'Willy');
      s.passes(60);
      s.civi.renames(wilma, 'Wilhelmina');
      await s.webhooksArrive();
      assert.deepEqual([s.civi.firstNameOf(wilma), s.memberRecord(P1)?.mergeFields['FNAME']], ['Wilhelmina', 'Wilhelmina']);
    });

    it('puts no blank over a name', async () => {
      const s = await openScenario();
      const wilma = await s.joined();
      s.person.isCalled(P1, '');
      await s.webhooksArrive();
      assert.equal(s.civi.firstNameOf(wilma), 'Wilma');
    });

    it('of an interest moves the interest group', async () => {
      const s = await openScenario();
      const wilma = await s.joined();
      s.person.ticks(P1);
      await s.webhooksArrive();
      assert.equal(s.group(wilma, 12), 'Added');
    });
  });

  describe('cleaned', () => {
    it('takes the contact out of the group and puts the address on hold', async () => {
      const s = await openScenario();
      const wilma = await s.joined();
      s.mailchimpAdmin.cleans(P1);
      await s.webhooksArrive();
      s.assertSides([P1, 'cleaned'], [wilma, 'Removed']);
      assert.equal(s.civi.isOnHold(wilma, P1), true);
      await s.comesToRest();
    });

    it('by a complaint (reason abuse) does the same', async () => {
      const s = await openScenario();
      const wilma = await s.joined();
      assert.ok(s.world.mailchimp.administrators.clean('a0d1e2c3b4', P1, 'abuse'));
      await s.webhooksArrive();
      s.assertSides([P1, 'cleaned'], [wilma, 'Removed']);
      assert.equal(s.civi.isOnHold(wilma, P1), true);
    });

    it("leaves the group alone where CiviCRM's word is later, and says why nobody is mailed", async () => {
      const s = await openScenario();
      const wilma = await s.joined();
      s.mailchimpAdmin.cleans(P1);
      s.passes(60);
      s.civi.removes(wilma);
      s.civi.adds(wilma);
      s.passes(60);
      await s.webhooksArrive();
      s.assertSides([P1, 'cleaned'], [wilma, 'Added']);
      assert.equal(await s.failReason(P1), 'cleaned');
      assert.equal(s.civi.isOnHold(wilma, P1), true);
    });
  });

  describe('upemail', () => {
    it('gives the contact the new address for bulk mail, and leaves it the old one', async () => {
      const s = await openScenario();
      const wilma = await moved(s);
      await s.webhooksArrive(fired(s, 'upemail'));
      await assertMoved(s, wilma);
      const added = s.world.civicrm.tables.email.find('contact_id', wilma).find(({ email }) => email === P2);
      assert.equal(added?.is_bulkmail, true);
    });

    for (const order of [['upemail', 'profile'], ['profile', 'upemail'], ['profile']] as const)
      it(`comes out the same as ${order.join(' and then ')}`, async () => {
        const s = await openScenario();
        const wilma = await moved(s);
        for (const type of order) {
          await s.webhooksArrive(fired(s, type));
        }
        await assertMoved(s, wilma);
        await s.comesToRest();
      });

    it('makes no second contact although our own subscribe was still on its way to the old address', async () => {
      const s = await openScenario({ list: { submitSingly: 0 } });
      const wilma = s.civi.creates('Wilma', P1);
      s.civi.adds(wilma);
      s.passes(5);
      await s.sync.run();
      await s.batchesRun();
      s.person.movesTo(P1, P2);
      await s.webhooksArrive(fired(s, 'upemail'));
      await s.sync.handleBatches();
      await s.comesToRest();
      s.assertSides([P2, 'subscribed'], [wilma, 'Added']);
      assert.deepEqual(s.civi.ownersOf(P2), [wilma]);
      assert.equal((await s.sync.rows()).length, 1);
    });

    it('that comes after an unsubscribe at the new address does not undo that', async () => {
      const s = await openScenario({ list: { submitSingly: 0 } });
      const wilma = s.civi.creates('Wilma', P1);
      s.civi.adds(wilma);
      s.passes(5);
      await s.sync.run();
      await s.batchesRun();
      s.person.movesTo(P1, P2);
      s.passes(5);
      await s.webhooksArrive(fired(s, 'profile'));
      s.passes(5);
      s.person.unsubscribes(P2);
      await s.webhooksArrive(fired(s, 'unsubscribe'));
      await s.webhooksArrive(fired(s, 'upemail'));
      await s.sync.handleBatches();
      await s.comesToRest();
      assert.equal(s.member(P2), 'unsubscribed');
      for (const owner of s.civi.ownersOf(P2)) assert.notEqual(s.group(owner), 'Added');
    });
  });

  describe('what changes nothing', () => {
    it('a campaign is answered, not stored, and logged without a word of it', async () => {
      const s = await openScenario();
      s.world.mailchimp.state.lists[0]!.webhooks[0]!.events.campaign = true;
      s.world.mailchimp.webhooks.fireCampaign('a0d1e2c3b4', '42694e9e57', 'A secret subject');
      await s.webhooksArrive(fired(s, 'campaign'));
      assert.equal((await s.sync.engine.status())[0]?.inbox, 0);
      assert.match(s.world.logged.join('\n'), /webhook of a campaign/);
      assert.doesNotMatch(s.world.logged.join('\n'), /secret subject/i);
    });
  });
});
