import assert from 'node:assert/strict';
import { DAY } from '../../../src/base/clock.ts';
import type { SyncError } from '../../../src/base/errors.ts';
import type { InboxEntry } from '../../../src/store/entities.ts';
import { chainsOf } from '../../../src/sync/webhooks/chains.ts';
import { LIST, OTHER_GROUP, OTHER_LIST, closeWorlds } from '../../support/sync-world.ts';
import { BATCHED, P1, P2, P3, openScenario, type Scenario } from '../../support/scenario.ts';

const waitingIn = async (s: Scenario): Promise<number> => (await s.sync.engine.status())[0]!.inbox;

const deliverAll = async (s: Scenario, ids: readonly number[]): Promise<void> => {
  for (const id of ids) assert.equal(await s.world.mailchimp.webhooks.deliver(id), 200);
};

describe('the inbox of webhooks', () => {
  closeWorlds();

  it('is handled in order of firing, whatever the order of arrival', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    s.mailchimpAdmin.unsubscribes(P1);
    s.passes(5);
    s.mailchimpAdmin.subscribes(P1);
    s.passes(5);
    s.mailchimpAdmin.unsubscribes(P1);
    s.passes(5);
    await s.webhooksArrive(...s.firedWebhooks().toReversed());
    s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
    await s.comesToRest();
  });

  it('takes repeats, hours apart and out of order, for what they are', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    s.mailchimpAdmin.unsubscribes(P1);
    const [unsubscribe] = s.firedWebhooks();
    const { webhooks } = s.world.mailchimp;
    const repeats = [webhooks.repeat(unsubscribe!), webhooks.repeat(unsubscribe!)];
    await s.webhooksArrive(unsubscribe!);
    s.passes(60);
    s.civi.adds(wilma);
    await s.sync.run();
    s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
    s.passes(3600);
    await s.webhooksArrive(...repeats);
    s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
    assert.equal((await s.sync.handleInbox())['handled'], 0);
  });

  it('waits while CiviCRM is down, and goes on where it was', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    s.person.unsubscribes(P1);
    await deliverAll(s, s.firedWebhooks());
    s.world.civicrm.plan({ fault: { kind: 'status', status: 503 }, times: 1000 });
    await assert.rejects(s.sync.handleInbox(), (error: SyncError) => error.code === 'civicrm_unreachable');
    assert.equal(await waitingIn(s), 1);
    s.world.civicrm.clearFaults();
    assert.deepEqual(await s.sync.handleInbox(), { handled: 1, waiting: 0 });
    s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
  });

  it("is not held up by one person's error, which is reported; given up a day later, it is seen by a full run", async () => {
    const s = await openScenario();
    const [wilma, betty] = [await s.joined(P1), await s.joined(P2)];
    s.person.unsubscribes(P1);
    s.passes(1);
    s.person.unsubscribes(P2);
    const record = s.memberRecord(P1)!;
    Object.assign(record, { status: 'a status that there is not' });
    await deliverAll(s, s.firedWebhooks());
    await assert.rejects(s.sync.handleInbox(), (error: SyncError) => error.code === 'mailchimp_unexpected' && !error.message.includes('p1@'));
    s.assertSides([P2, 'unsubscribed'], [betty, 'Removed']);
    assert.equal(await waitingIn(s), 1);
    s.passes(DAY / 1000);
    await assert.rejects(s.sync.handleInbox());
    assert.equal(await waitingIn(s), 0);
    record.status = 'unsubscribed';
    await s.comesToRest();
    s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
  });

  it('is not held up by somebody of whom Mailchimp cannot tell: the others are handled, first those that never failed', async () => {
    const s = await openScenario();
    const [wilma, betty] = [await s.joined(P1), await s.joined(P2)];
    s.person.unsubscribes(P1);
    s.passes(1);
    s.person.unsubscribes(P2);
    await deliverAll(s, s.firedWebhooks());
    s.world.mailchimp.faults.add({ kind: 'server-error' }, { path: /members\/p1/, times: 100_000 });
    await assert.rejects(s.sync.handleInbox(), { code: 'mailchimp_unreachable' });
    s.assertSides([P2, 'unsubscribed'], [betty, 'Removed']);
    assert.equal(await waitingIn(s), 1);
    s.passes(DAY / 1000);
    await assert.rejects(s.sync.handleInbox(), { code: 'mailchimp_unreachable' });
    assert.equal(await waitingIn(s), 1, 'it may be Mailchimp as a whole');
    s.person.subscribes(P2);
    await deliverAll(s, s.firedWebhooks());
    await assert.rejects(s.sync.handleInbox(), { code: 'mailchimp_unreachable' });
    assert.equal(await waitingIn(s), 0, 'it is this person alone, for a day');
    s.world.mailchimp.faults.clear();
    await s.comesToRest();
    s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
  });

  it('ends when three people in a row cannot be asked for: it may be everybody, who are kept waiting', async () => {
    const s = await openScenario();
    const people = Array.from({ length: 12 }, (_, number) => `person${number}@example.org`);
    for (const address of people) s.person.subscribes(address);
    await deliverAll(s, s.firedWebhooks());
    const asked = new Set<string>();
    for (const address of people) s.justBefore(new RegExp(`members/${address.replace('@', '(@|%40)')}`), () => asked.add(address));
    s.world.mailchimp.faults.add({ kind: 'server-error' }, { path: /members/, times: 100_000 });
    await assert.rejects(s.sync.handleInbox(), { code: 'mailchimp_unreachable' });
    assert.deepEqual([...asked], people.slice(0, 3));
    assert.equal(await waitingIn(s), people.length);
    s.world.mailchimp.faults.clear();
    assert.deepEqual(await s.sync.handleInbox(), { handled: people.length, waiting: 0 });
  });

  it('forgets a webhook a month after it was handled; until then its repeats are known', async () => {
    const s = await openScenario();
    await s.joined(P1);
    s.person.unsubscribes(P1);
    const [unsubscribe] = s.firedWebhooks();
    const { webhooks } = s.world.mailchimp;
    const repeats = [webhooks.repeat(unsubscribe!), webhooks.repeat(unsubscribe!)];
    await s.webhooksArrive(unsubscribe!);
    s.passes((29 * DAY) / 1000);
    await s.webhooksArrive(repeats[0]!);
    assert.equal((await s.sync.handleInbox())['handled'], 0);
    s.passes((2 * DAY) / 1000);
    s.person.subscribes(P2);
    await s.webhooksArrive(s.firedWebhooks().at(-1)!);
    await deliverAll(s, [repeats[1]!]);
    assert.equal(await waitingIn(s), 1, 'the old one is forgotten');
    await s.comesToRest();
  });

  it('rests while the audience is disabled', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    s.person.unsubscribes(P1);
    await deliverAll(s, s.firedWebhooks());
    const enabled = s.sync.engine;
    s.sync.engine = await s.world.reopen({ enabled: false });
    assert.deepEqual(await s.sync.handleInbox(), { handled: 0, waiting: 1 });
    assert.equal(s.group(wilma), 'Added');
    s.sync.engine = enabled;
    assert.deepEqual(await s.sync.handleInbox(), { handled: 1, waiting: 0 });
    assert.equal(s.group(wilma), 'Removed');
  });

  it("of one audience is handled although another one's meets an error", async () => {
    const s = await openScenario({ twoAudiences: true });
    s.world.mailchimp.state.lists[1]!.webhooks = s.world.mailchimp.state.lists[0]!.webhooks.map((webhook) => ({ ...webhook, id: 'other' }));
    s.person.subscribes(P1);
    Object.assign(s.memberRecord(P1)!, { status: 'a status that there is not' });
    s.person.subscribes(P2, {}, OTHER_LIST);
    await deliverAll(s, s.firedWebhooks());
    await assert.rejects(s.sync.handleInbox(), { code: 'mailchimp_unexpected' });
    assert.equal(s.group(s.civi.ownersOf(P2)[0]!, OTHER_GROUP), 'Added');
  });

  it('does not keep whoever has an update on its way for ever: the row is decided when that is settled', async () => {
    const s = await openScenario(BATCHED);
    const wilma = s.civi.creates('Wilma', P1);
    s.civi.adds(wilma);
    s.passes(5);
    await s.sync.run();
    await s.batchesRun();
    s.passes(5);
    s.person.isCalled(P1, 'Willy');
    await deliverAll(s, s.firedWebhooks());
    for (let attempt = 1; attempt <= 5; attempt++) await s.sync.handleInbox();
    assert.equal(await waitingIn(s), 0);
    await s.comesToRest({ withData: true });
    s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
    assert.equal(s.civi.firstNameOf(wilma), 'Willy');
  });

  it('recovers what a crash left half done before it hears anything', async () => {
    const s = await openScenario();
    const wilma = s.civi.creates('Wilma', P1);
    s.civi.adds(wilma);
    s.passes(5);
    const id = await s.sync.begin();
    await s.sync.goOn(id, { before: 'submit' });
    const [update] = (await s.sync.updates()).filter(({ side }) => side === 'mailchimp');
    await s.world.store.commit(LIST, [{ updates: [{ kind: 'write', id: update!.id, from: ['queued'], set: { state: 'sending', sentAt: s.now } }] }]);
    s.passes(5);
    s.person.subscribes(P1);
    s.passes(5);
    s.person.unsubscribes(P1);
    await s.webhooksArrive();
    await s.sync.engine.abort(LIST);
    assert.equal((await s.sync.updates()).some(({ state }) => state === 'sending'), false);
    s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
    await s.comesToRest();
  });

  it('goes on although Mailchimp cannot tell what a crash left half done', async () => {
    const s = await openScenario();
    const [wilma, betty] = [s.civi.creates('Wilma', P1), await s.joined(P2)];
    s.civi.adds(wilma);
    s.passes(5);
    const id = await s.sync.begin();
    await s.sync.goOn(id, { before: 'submit' });
    const [update] = (await s.sync.updates()).filter(({ side, state }) => side === 'mailchimp' && state === 'queued');
    await s.world.store.commit(LIST, [{ updates: [{ kind: 'write', id: update!.id, from: ['queued'], set: { state: 'sending', sentAt: s.now } }] }]);
    s.world.mailchimp.faults.add({ kind: 'server-error' }, { path: /members\/p1/, times: 100_000 });
    s.person.unsubscribes(P2);
    await s.webhooksArrive();
    s.assertSides([P2, 'unsubscribed'], [betty, 'Removed']);
    assert.ok(s.world.logged.some((line) => /Mailchimp cannot tell just now \(mailchimp_unreachable\) what became of 1 /.test(line)));
    await s.sync.engine.abort(LIST);
    s.world.mailchimp.faults.clear();
    await s.comesToRest();
    s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
  });

  for (const stage of ['fetch', 'createContacts', 'reconcile', 'submit'] as const)
    it(`and a run, just before its ${stage}, sync the same person at the same time and end right`, async () => {
      const s = await openScenario();
      const wilma = await s.left(P1);
      const fred = s.civi.creates('Fred', P2);
      s.civi.adds(fred);
      s.passes(10);
      s.person.subscribes(P1);
      s.person.subscribes(P3);
      s.passes(5);
      const id = await s.sync.begin();
      await s.sync.goOn(id, { before: stage });
      await deliverAll(s, s.firedWebhooks());
      await Promise.all([s.sync.goOn(id), s.sync.handleInbox()]);
      await s.sync.handleInbox();
      await s.comesToRest();
      s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
      s.assertSides([P2, 'subscribed'], [fred, 'Added']);
      assert.deepEqual([s.civi.ownersOf(P1).length, s.civi.ownersOf(P3).length], [1, 1]);
      assert.equal(s.group(s.civi.ownersOf(P3)[0]!), 'Added');
    });

  it('handles a flood while a run is under way, and all of it', async () => {
    const s = await openScenario();
    const people = Array.from({ length: 120 }, (_, number) => `person${number}@example.org`);
    for (const address of people) s.person.subscribes(address);
    await deliverAll(s, s.firedWebhooks());
    const id = await s.sync.begin();
    await Promise.all([s.sync.goOn(id), s.sync.handleInbox()]);
    await s.sync.handleInbox();
    assert.equal(await waitingIn(s), 0);
    await s.comesToRest();
    for (const address of people) {
      const owners = s.civi.ownersOf(address);
      assert.equal(owners.length, 1, 'one contact for each');
      s.assertSides([address, 'subscribed'], [owners[0]!, 'Added']);
    }
  });
});

const entry = (id: number, email: string | null, oldEmail: string | null = null) => ({ id, email, payload: { oldEmail } }) as unknown as InboxEntry;
const idsOf = (...entries: readonly InboxEntry[]): readonly (readonly number[])[] => chainsOf(entries).map((chain) => chain.map(({ id }) => id));

describe('what may be handled side by side', () => {
  it('is what has no address in common', () => {
    assert.deepEqual(idsOf(entry(1, P1), entry(2, P2), entry(3, P1)), [[1, 3], [2]]);
  });

  it('is not what a change of address ties together, in the order given', () => {
    assert.deepEqual(idsOf(entry(1, P1), entry(2, P2), entry(3, P2, P1), entry(4, P3), entry(5, P1)), [[1, 2, 3, 5], [4]]);
  });

  it('leaves out nothing, not even what has no address', () => {
    assert.deepEqual(idsOf(entry(1, null), entry(2, null), entry(3, P1)), [[1], [2], [3]]);
  });
});
