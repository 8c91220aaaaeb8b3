import assert from 'node:assert/strict';
import { DAY } from '../../../src/base/clock.ts';
import { approve, figures, heldIn, openCrowd, person, reject } from '../../support/crowd.ts';
import { P1, P2 } from '../../support/scenario.ts';
import { closeWorlds, LIST } from '../../support/sync-world.ts';

/** Thirty of 40 are removed by a script, which is held. */
const held = async (list = {}) => {
  const crowd = await openCrowd(40, list);
  for (const contact of crowd.contacts.slice(0, 30)) crowd.s.civi.removes(contact);
  crowd.s.passes(60);
  await crowd.s.sync.run();
  await heldIn(crowd.s);
  crowd.s.passes(60);
  return crowd;
};

describe('who leaves while a plan waits, or after', () => {
  closeWorlds();

  it('is not subscribed by an update that an earlier run left queued', async () => {
    const { s, contacts } = await openCrowd(40);
    const wilma = s.civi.creates('Wilma', P1);
    s.civi.adds(wilma);
    s.passes(60);
    const id = await s.sync.begin();
    await s.sync.goOn(id, { before: 'submit' });
    await s.sync.engine.abort(LIST);
    for (const contact of contacts.slice(0, 30)) s.civi.removes(contact);
    s.passes(60);
    await s.sync.run();
    await heldIn(s);
    s.civi.optsOut(wilma, 'link');
    s.passes(60);
    await approve(s);
    await s.batchesRun();
    assert.equal(s.member(P1), 'none');
    await s.comesToRest();
    assert.equal(s.member(P1), 'none');
    assert.deepEqual(figures(s), [10, 11]);
  });

  it('is unsubscribed, although left out of a plan before', async () => {
    for (const says of ['opts out', 'is removed again', 'goes to the trash'] as const) {
      const { s, contacts } = await held();
      await approve(s, { except: [person(3)] });
      assert.equal(s.member(person(3)), 'subscribed');
      await s.comesToRest();
      s.passes(60);
      if (says === 'opts out') s.civi.optsOut(contacts[3]!, 'link');
      else if (says === 'goes to the trash') s.civi.trashes(contacts[3]!);
      else {
        s.civi.adds(contacts[3]!);
        s.passes(60);
        s.civi.removes(contacts[3]!);
      }
      s.passes(60);
      await s.sync.run();
      await s.batchesSettle();
      assert.equal(s.member(person(3)), 'unsubscribed', says);
      await s.comesToRest();
    }
  });

  it('is unsubscribed, although another of the same cluster was left out', async () => {
    const { s, contacts } = await openCrowd(40);
    const wilma = s.civi.creates('Wilma', P1);
    const fred = s.civi.creates('Fred', P2);
    for (const contact of [wilma, fred]) s.civi.adds(contact);
    s.civi.gives(fred, P1);
    s.passes(60);
    await s.sync.run();
    await s.batchesSettle();
    s.passes(60);
    await s.sync.run();
    assert.deepEqual([s.member(P1), s.member(P2)], ['subscribed', 'subscribed']);
    s.passes(60);
    for (const contact of [...contacts.slice(0, 30), wilma, fred]) s.civi.removes(contact);
    s.passes(60);
    await s.sync.run();
    await heldIn(s);
    await approve(s, { except: [P1] });
    await s.batchesSettle();
    assert.deepEqual([s.member(P1), s.member(P2)], ['subscribed', 'unsubscribed']);
  });
});

describe('limits', () => {
  closeWorlds();

  it('notice a side that became empty after however many quiet runs', async function () {
    this.timeout(120_000);
    const { s, contacts } = await openCrowd(20);
    for (let run = 0; run < 205; run++) {
      s.passes(900);
      await s.sync.run();
    }
    for (const contact of contacts) s.civi.removes(contact);
    s.passes(60);
    await s.sync.run();
    assert.deepEqual((await heldIn(s)).summary.why, [{ kind: 'emptied', side: 'CiviCRM' }]);
    await reject(s);
    assert.deepEqual(figures(s), [20, 0]);
  });

  it('hold although somebody approved at a time that was yet to come, by a clock that was wrong', async () => {
    const { s, contacts } = await held();
    await approve(s);
    const [plan] = await s.world.store.plans(LIST, 1);
    await s.world.store.writePlan({ ...plan!, settledAt: s.now + 300 * DAY });
    for (const half of [contacts.slice(0, 15), contacts.slice(15, 30)]) {
      s.passes(60);
      for (const contact of half) s.civi.adds(contact);
      await s.sync.run();
    }
    await heldIn(s);
  });

  it('count what a service did without an answer', async () => {
    const { s } = await openCrowd(40, { limits: { people: 3, percent: 0 } });
    for (const three of [[0, 1, 2], [3, 4, 5]]) {
      for (const number of three) s.mailchimpAdmin.archives(person(number));
      s.webhooksAreLost();
      s.passes(60);
      if (three[0] === 0) {
        s.world.civicrm.plan({ fault: { kind: 'done-reset' }, entity: 'GroupContact', action: 'save' });
        await assert.rejects(s.sync.run());
        await s.sync.engine.abort(LIST);
        assert.deepEqual(figures(s), [37, 37]);
      } else await s.sync.run();
    }
    await heldIn(s);
    assert.deepEqual(figures(s), [34, 37]);
  });
});
