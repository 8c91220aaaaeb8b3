import assert from 'node:assert/strict';
import type { MemberStatus } from '../../../src/mailchimp/api.ts';
import type { Counts } from '../../../src/sync/stage.ts';
import { P1, P2, openScenario, type RunOptions, type Scenario } from '../../support/scenario.ts';
import { closeWorlds, INTEREST, INTEREST_GROUP, LIST, START } from '../../support/sync-world.ts';

const address = (number: number): string => `person${number}@example.org`;

/** So many members who joined an hour ago. */
function have(s: Scenario, count: number, status: MemberStatus = 'subscribed', from = 0): void {
  s.world.mailchimp.importMembers(LIST, Array.from({ length: count }, (_, number) => ({ email: address(from + number), status, lastChanged: START - 3_600_000 })));
}

/** The stage alone, in a run of its own, which then is given up. */
async function fetched(s: Scenario, mode: 'incremental' | 'full' | 'since' = 'incremental', options: RunOptions = {}): Promise<Counts> {
  const id = await s.sync.begin(mode, options);
  const counts = await s.sync.stage('fetch', id);
  await s.sync.engine.abort(LIST);
  return counts;
}

const listings = (s: Scenario): number => s.world.mailchimp.log.filter(({ method, path }) => method === 'GET' && path.endsWith('/members')).length;

/** Mailchimp's listings leave members out, each time others: `shows` says whom the listing of a number shows. */
function leavesOut(s: Scenario, shows: (place: number, listing: number) => boolean): void {
  const { mailchimp } = s.world;
  const handle = mailchimp.handle.bind(mailchimp);
  let listing = 0;
  mailchimp.handle = async (request) => {
    const answer = await handle(request);
    if (request.query.get('status') === 'archived' || !request.path.endsWith('/members') || !('body' in answer)) return answer;
    listing += 1;
    const page = JSON.parse(String(answer.body)) as { members: readonly unknown[] };
    return { ...answer, body: JSON.stringify({ ...page, members: page.members.filter((_, place) => shows(place, listing)) }) };
  };
}

describe('stage fetch', () => {
  closeWorlds();

  it('reads all members in pages of 1,000, the archived as well', async () => {
    const s = await openScenario();
    have(s, 2100);
    have(s, 3, 'archived', 2100);
    const counts = await fetched(s);
    assert.deepEqual([counts['fetched'], counts['made'], counts['full']], [2103, 2103, 1]);
    assert.equal(listings(s), 3 + 1);
    assert.equal((await s.sync.row(address(2102))).member?.status, 'archived');
  });

  it('a second time makes and changes nothing', async () => {
    const s = await openScenario();
    have(s, 30);
    await fetched(s);
    const again = await fetched(s, 'full');
    assert.deepEqual([again['made'], again['changed'], again['gone']], [0, 0, 0]);
  });

  it('reads what changed since the last complete fetch, and the seconds before it again', async () => {
    const s = await openScenario();
    have(s, 30);
    s.person.subscribes(P1);
    await fetched(s);
    s.passes(60);
    s.person.unsubscribes(P1);
    assert.deepEqual(await fetched(s), { fetched: 1, made: 0, changed: 1, withoutEmail: 0, notListed: 0, incomplete: 0, gone: 0, notAsked: 0, full: 0 });
    assert.equal((await fetched(s))['fetched'], 1);
    s.passes(60);
    await fetched(s);
    assert.equal((await fetched(s))['fetched'], 0);
  });

  it('reads since a given date, never less than an incremental one', async () => {
    const s = await openScenario();
    s.person.subscribes(P1);
    await fetched(s);
    s.passes(600);
    assert.equal((await fetched(s, 'since', { since: START - 1000 }))['fetched'], 1);
    s.person.subscribes(P2);
    assert.equal((await fetched(s, 'since', { since: START + 3_600_000 }))['fetched'], 1);
  });

  it('reads all on the first run, whatever is asked', async () => {
    const s = await openScenario();
    have(s, 5);
    assert.equal((await fetched(s, 'since', { since: START }))['full'], 1);
  });

  it('reads all when an interest is newly bound, and stores its fact', async () => {
    const s = await openScenario({ list: { interests: {} } });
    s.person.subscribes(P1, { interests: [INTEREST] });
    await fetched(s);
    assert.deepEqual((await s.sync.row(P1)).member?.interests, {});
    s.passes(600);
    assert.equal((await fetched(s))['full'], 0);
    s.sync.engine = await s.world.reopen({ interests: { [INTEREST]: String(INTEREST_GROUP) } });
    assert.equal((await fetched(s))['full'], 1);
    assert.deepEqual((await s.sync.row(P1)).member?.interests, { [INTEREST]: true });
    s.passes(600);
    assert.equal((await fetched(s))['full'], 0);
  });

  for (const trustOverride of [{ subscription: 'CiviCRM' }, { [INTEREST]: 'Mailchimp' }])
    it(`reads all whenever a trustOverride is set: ${Object.keys(trustOverride)[0] === 'subscription' ? 'subscription' : 'interest'}`, async () => {
      const s = await openScenario({ list: { trustOverride } });
      have(s, 3);
      await fetched(s);
      s.passes(600);
      assert.deepEqual([(await fetched(s))['full'], (await fetched(s))['fetched']], [1, 3]);
    });

  it('counts members without an e-mail address and leaves them alone', async () => {
    const s = await openScenario();
    s.world.mailchimp.importMembers(LIST, [{ email: '', id: '', status: 'subscribed' }]);
    have(s, 2);
    const counts = await fetched(s);
    assert.deepEqual([counts['withoutEmail'], counts['fetched'], (await s.sync.rows()).length], [1, 2, 2]);
  });

  it('a full one notices who is gone, asking for each by contact_id', async () => {
    const s = await openScenario();
    have(s, 5);
    await fetched(s);
    s.passes(600);
    s.mailchimpAdmin.deletesForGood(address(3));
    assert.equal((await fetched(s))['gone'], 0);
    const counts = await fetched(s, 'full');
    const row = await s.sync.row(address(3));
    assert.deepEqual([counts['gone'], row.member?.status, row.syncStatus], [1, null, 'todo']);
  });

  it('asks for 500 that are missing at the most; the others are left to the next full run, and the log says so', async () => {
    const s = await openScenario();
    have(s, 520);
    await fetched(s);
    s.passes(600);
    for (let number = 0; number < 510; number++) s.mailchimpAdmin.deletesForGood(address(number));
    const counts = await fetched(s, 'full');
    assert.deepEqual([counts['gone'], counts['notAsked']], [500, 10]);
    assert.ok(s.world.logged.some((line) => line.startsWith('10 members')));
    assert.equal((await fetched(s, 'full'))['gone'], 10);
  });

  it('members that a listing misses while others are deleted are not taken for gone', async () => {
    const s = await openScenario();
    have(s, 1100);
    await fetched(s);
    s.passes(600);
    // All later ones move forward by 40 places, more than two pages overlap.
    s.justBefore(/GET .*\/members$/, () => undefined);
    s.justBefore(/GET .*\/members$/, () => {
      for (let number = 0; number < 40; number++) s.mailchimpAdmin.deletesForGood(address(number));
    });
    assert.equal((await fetched(s, 'full'))['gone'], 0);
    assert.equal((await s.sync.row(address(1000))).member?.status, 'subscribed');
    assert.equal((await fetched(s, 'full'))['gone'], 40);
  });

  for (const mode of ['incremental', 'full'] as const)
    it(`a listing that shows others each time is not taken for whole (${mode}): counted, logged, and read again from as far back`, async () => {
      const s = await openScenario();
      have(s, 12);
      await fetched(s);
      const before = await s.world.store.audience(LIST);
      s.passes(600);
      for (let number = 0; number < 12; number++) s.mailchimpAdmin.unsubscribes(address(number));
      s.mailchimpAdmin.deletesForGood(address(11));
      leavesOut(s, (place, listing) => place < 2 * listing);
      const counts = await fetched(s, mode);
      assert.deepEqual([counts['fetched'], counts['incomplete'], counts['gone']], [6, 1, 0]);
      assert.ok(s.world.logged.some((line) => line.includes('5 of 11 members')), s.world.logged.join('\n'));
      assert.deepEqual(await s.world.store.audience(LIST), before);
      const next = await fetched(s, mode);
      assert.deepEqual([next['fetched'], next['incomplete'], next['gone']], [11, 0, mode === 'full' ? 1 : 0]);
    });

  it('members whom Mailchimp counts and never lists are counted and logged, and hold nothing up', async () => {
    const s = await openScenario();
    have(s, 5);
    await fetched(s);
    s.passes(600);
    s.mailchimpAdmin.deletesForGood(address(4));
    leavesOut(s, (place) => place > 0);
    const before = s.now;
    const counts = await fetched(s, 'full');
    assert.deepEqual([counts['incomplete'], counts['notListed'], counts['gone']], [0, 1, 1]);
    assert.ok(s.world.logged.some((line) => line.includes('1 of 4 members')));
    assert.ok((await s.world.store.audience(LIST)).fetchedAt! >= before - 1000);
    assert.equal((await s.sync.row(address(0))).member?.status, 'subscribed');
  });

  it('an answer that fails leaves the last fetch as it was: the next one goes back as far', async () => {
    const s = await openScenario();
    s.person.subscribes(P1);
    await fetched(s);
    const before = (await s.world.store.audience(LIST)).fetchedAt;
    s.passes(600);
    s.person.unsubscribes(P1);
    s.world.mailchimp.faults.add({ kind: 'broken-json' }, { path: /members$/, times: 100 });
    const id = await s.sync.begin();
    await assert.rejects(s.sync.stage('fetch', id));
    assert.equal((await s.world.store.audience(LIST)).fetchedAt, before);
    s.world.mailchimp.faults.clear();
    await fetched(s);
    assert.equal((await s.sync.row(P1)).member?.status, 'unsubscribed');
  });

  it('says how far it is', async () => {
    const s = await openScenario();
    have(s, 1100);
    const seen: (readonly [number, number | null])[] = [];
    const id = await s.sync.begin();
    await s.sync.engine.runStage('fetch', id, { signal: new AbortController().signal, progress: ({ done, total }) => seen.push([done, total]) });
    assert.deepEqual(seen.slice(0, 2), [[1000, 1100], [1100, 1100]]);
  });
});
