import assert from 'node:assert/strict';
import { systemClock } from '../../../src/base/clock.ts';
import type { Store } from '../../../src/store/store.ts';
import type { BrakeStatus } from '../../../src/sync/engine.ts';
import { reasonsToWait } from '../../../src/sync/people-changed.ts';
import { approve, DEFAULTS, figures, openCrowd, person } from '../../support/crowd.ts';
import { openScenario, type Scenario } from '../../support/scenario.ts';
import { closeWorlds } from '../../support/sync-world.ts';

const standing = async (s: Scenario): Promise<{ readonly inbox: number; readonly brake: BrakeStatus }> => (await s.sync.engine.status())[0] ?? assert.fail('no audience');

/** 28 people subscribe, and a webhook tells of each. */
async function flood(): Promise<Scenario> {
  const s = await openScenario({ list: DEFAULTS });
  for (let number = 0; number < 28; number++) {
    s.person.subscribes(person(number));
    s.passes(1);
  }
  await s.webhooksArrive();
  await s.sync.handleInbox(); // of two that are handled at the same time, for the last place, both may have waited
  return s;
}

describe('webhooks beyond the limits', () => {
  closeWorlds();

  it('wait in the inbox, and status says why', async () => {
    const s = await flood();
    assert.deepEqual(figures(s), [28, 25]);
    const { inbox, brake } = await standing(s);
    assert.deepEqual([inbox, brake.webhooksBeyondLimits, brake.people.create, brake.people.add, brake.limit], [3, 3, 25, 25, 25]);
    assert.equal(s.civi.ownersOf(person(27)).length, 0);
  });

  it('are not counted for what no limit holds: most webhooks change nobody, or data alone', async () => {
    const { sync } = await openScenario({ list: DEFAULTS });
    const settings = [...sync.engine.settings.audiences.values()][0] ?? assert.fail('no audience');
    const store = new Proxy({} as Store, { get: (_, name) => assert.fail(`the store was asked: ${String(name)}`) });
    for (const kinds of [{}, { data: 3 }, { subscribe: 0 }]) assert.deepEqual(await reasonsToWait({ store, settings, clock: systemClock }, kinds), []);
    await assert.rejects(reasonsToWait({ store, settings, clock: systemClock }, { subscribe: 1 }), /the store was asked/);
  });

  it('wait as long as there is no room, however often they are looked at', async () => {
    const s = await flood();
    for (let minute = 0; minute < 8; minute++) {
      s.passes(60);
      await s.sync.handleInbox();
    }
    assert.deepEqual([figures(s), (await standing(s)).inbox], [[28, 25], 3]);
  });

  it('are handled when there is room again', async () => {
    const s = await flood();
    s.passes(24 * 3600);
    assert.deepEqual(await s.sync.handleInbox(), { handled: 3, waiting: 0 });
    assert.deepEqual(figures(s), [28, 28]);
    assert.equal((await standing(s)).brake.webhooksBeyondLimits, 0);
    await s.comesToRest();
  });

  it('are handled when somebody approves them', async () => {
    const s = await flood();
    await approve(s);
    assert.deepEqual(figures(s), [28, 28]);
    assert.deepEqual([(await standing(s)).inbox, (await standing(s)).brake.people.create], [0, 0]);
    await s.comesToRest();
  });

  it('do not hold up a person who leaves: that is always handled', async () => {
    const { s, contacts } = await openCrowd(40);
    for (let number = 0; number < 32; number++) {
      s.person.unsubscribes(person(number));
      s.passes(1);
    }
    await s.webhooksArrive();
    assert.deepEqual(figures(s), [8, 8]);
    assert.equal(s.group(contacts[31]!), 'Removed');
    assert.equal((await standing(s)).brake.people.remove, 32);
  });

  it('that are not of a person who leaves wait where so many left: those that an administrator archived', async () => {
    const { s } = await openCrowd(40);
    for (let number = 0; number < 28; number++) {
      s.mailchimpAdmin.archives(person(number));
      s.passes(1);
    }
    await s.webhooksArrive();
    await s.sync.handleInbox();
    assert.deepEqual(figures(s), [12, 15]);
    assert.equal((await standing(s)).brake.webhooksBeyondLimits, 3);
  });

  it('go on within the limits while a plan is held', async () => {
    const { s, contacts } = await openCrowd(40);
    for (const contact of contacts.slice(0, 30)) s.civi.removes(contact);
    s.passes(60);
    await s.sync.run();
    assert.equal((await standing(s)).brake.held?.state, 'held');
    s.person.subscribes(person(50));
    s.person.unsubscribes(person(39));
    await s.webhooksArrive();
    assert.equal(s.civi.ownersOf(person(50)).length, 1);
    assert.equal(s.group(contacts[39]!), 'Removed');
    await approve(s);
    assert.deepEqual(figures(s), [10, 10]);
  });

  it('have their people in a run’s plan as well: it is held', async () => {
    const s = await flood();
    s.passes(60);
    await s.sync.run();
    assert.notEqual((await standing(s)).brake.held, null);
    await approve(s);
    await s.sync.handleInbox();
    assert.deepEqual([figures(s), (await standing(s)).inbox], [[28, 28], 0]);
  });

  it('are all handled where nothing is limited', async () => {
    const s = await openScenario();
    for (let number = 0; number < 28; number++) s.person.subscribes(person(number));
    await s.webhooksArrive();
    assert.deepEqual(figures(s), [28, 28]);
  });
});
