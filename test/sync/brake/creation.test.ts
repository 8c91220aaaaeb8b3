import assert from 'node:assert/strict';
import { approve, bothSides, DEFAULTS, figures, heldIn, person, reject } from '../../support/crowd.ts';
import { openScenario, type Scenario } from '../../support/scenario.ts';
import { closeWorlds, LIST } from '../../support/sync-world.ts';

/** So many people subscribe at Mailchimp whom CiviCRM does not know. */
async function newcomers(people: number): Promise<Scenario> {
  const s = await openScenario({ list: { ...DEFAULTS, submitSingly: 1000 } });
  for (let number = 0; number < people; number++) s.person.subscribes(person(number));
  s.webhooksAreLost();
  s.passes(60);
  return s;
}

describe('contacts beyond the limits', () => {
  closeWorlds();

  it('are counted before any is made: none is, and the held plan says how many there are to be', async () => {
    const s = await newcomers(30);
    const before = bothSides(s);
    const counts = await s.sync.full();
    assert.deepEqual(counts.createContacts, { created: 0, found: 0, refused: 0, withheld: 30 });
    assert.deepEqual(bothSides(s), before);
    const { summary } = await heldIn(s);
    assert.deepEqual(summary.kinds, { create: 30 });
    assert.deepEqual(summary.why, [{ kind: 'limit', of: 'add', people: 30, limit: 25 }, { kind: 'limit', of: 'create', people: 30, limit: 25 }]);
    const view = await s.sync.engine.plan(LIST, { limit: 1 });
    assert.deepEqual(view?.changes.map(({ kind, email }) => [kind, email]), [['create', person(0)]]);
  });

  it('once approved are made, exactly those, and added', async () => {
    const s = await newcomers(30);
    await s.sync.full();
    s.person.subscribes(person(30));
    s.person.unsubscribes(person(0));
    s.passes(60);
    const done = await approve(s);
    assert.deepEqual([done['created'], done['applied']], [29, 29]);
    assert.deepEqual([s.civi.ownersOf(person(0)), s.civi.ownersOf(person(30))], [[], []]);
    assert.deepEqual(figures(s), [30, 29]);
    await s.comesToRest();
    assert.deepEqual(figures(s), [30, 30]);
  });

  it('are not made a second time for who has got one since', async () => {
    const s = await newcomers(30);
    await s.sync.full();
    const wilma = s.civi.creates('Wilma', person(7));
    s.passes(60);
    await approve(s);
    assert.deepEqual(s.civi.ownersOf(person(7)), [wilma]);
    assert.equal(s.group(wilma), 'Added');
    assert.deepEqual(figures(s), [30, 30]);
  });

  it('are not made for who is left out', async () => {
    const s = await newcomers(30);
    await s.sync.full();
    await approve(s, { except: [person(7)] });
    assert.deepEqual([figures(s), s.civi.ownersOf(person(7)), await s.failReason(person(7))], [[30, 29], [], 'left_out']);
    await s.comesToRest();
    assert.deepEqual(s.civi.ownersOf(person(7)), []);
    await s.sync.engine.release(LIST, 'left_out');
    await s.sync.run();
    assert.deepEqual(figures(s), [30, 30]);
  });

  it('wait together with the rest of their plan', async () => {
    const s = await newcomers(30);
    const betty = s.civi.creates('Betty', 'betty@example.org');
    s.civi.adds(betty);
    s.passes(60);
    await s.sync.full();
    assert.equal(s.member('betty@example.org'), 'none');
    assert.deepEqual((await heldIn(s)).summary.kinds, { create: 30, subscribe: 1 });
    await approve(s);
    assert.deepEqual(figures(s), [31, 31]);
  });

  it('that were made in the last 24 hours count', async () => {
    const s = await newcomers(20);
    await s.sync.full();
    assert.deepEqual(figures(s), [20, 20]);
    for (let number = 20; number < 26; number++) s.person.subscribes(person(number));
    s.webhooksAreLost();
    s.passes(3600);
    await s.sync.run();
    assert.deepEqual(figures(s), [26, 20]);
    await reject(s);
    s.passes(24 * 3600);
    await s.sync.run();
    assert.deepEqual(figures(s), [26, 26]);
  });
});
