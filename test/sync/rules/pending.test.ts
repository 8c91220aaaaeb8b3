import assert from 'node:assert/strict';
import { closeWorlds } from '../../support/sync-world.ts';
import { P1, openScenario } from '../../support/scenario.ts';

describe('rules: pending members', () => {
  closeWorlds();

  it('[foreign] a sign-up that is not confirmed brings no contact into being; confirmed, it does', async () => {
    const s = await openScenario();
    s.person.signsUp(P1);
    await s.comesToRest();
    assert.deepEqual([s.member(P1), s.civi.ownersOf(P1)], ['pending', []]);
    s.person.confirms(P1);
    await s.comesToRest();
    const [wilma] = s.civi.ownersOf(P1);
    s.assertSides([P1, 'subscribed'], [wilma!, 'Added']);
  });

  it('[foreign] it brings nobody into the group', async () => {
    const s = await openScenario();
    const wilma = s.civi.creates('Wilma', P1);
    s.person.signsUp(P1);
    await s.comesToRest();
    s.assertSides([P1, 'pending'], [wilma, 'none']);
  });

  it('[foreign] it is in step with Added', async () => {
    const s = await openScenario();
    const wilma = s.civi.creates('Wilma', P1);
    s.civi.adds(wilma);
    s.person.signsUp(P1);
    await s.comesToRest();
    s.assertSides([P1, 'pending'], [wilma, 'Added']);
  });

  it('[foreign] a removal before the first look that showed it does not end it', async () => {
    const s = await openScenario();
    const wilma = s.civi.creates('Wilma', P1);
    s.civi.adds(wilma);
    s.civi.removes(wilma);
    s.passes(60);
    s.person.signsUp(P1);
    await s.comesToRest();
    s.assertSides([P1, 'pending'], [wilma, 'Removed']);
    s.person.confirms(P1);
    await s.comesToRest();
    s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
  });

  it('[foreign] a removal surely later than the first look that showed it ends it', async () => {
    const s = await openScenario();
    const wilma = s.civi.creates('Wilma', P1);
    s.civi.adds(wilma);
    s.person.signsUp(P1);
    await s.comesToRest();
    s.civi.removes(wilma);
    await s.comesToRest();
    s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
  });

  it('[foreign] an earlier yes ends with a sign-up that asks again', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    s.person.unsubscribes(P1);
    s.passes(10);
    s.person.signsUp(P1);
    await s.comesToRest();
    s.assertSides([P1, 'pending'], [wilma, 'Removed']);
  });

  it('[foreign] a late subscribe webhook is no yes while the member is pending', async () => {
    const s = await openScenario();
    const wilma = s.civi.creates('Wilma', P1);
    s.person.subscribes(P1);
    const [subscribe] = s.firedWebhooks();
    s.passes(10);
    s.mailchimpAdmin.deletesForGood(P1);
    s.person.signsUp(P1);
    s.passes(10);
    await s.webhooksArrive(subscribe!);
    await s.comesToRest();
    s.assertSides([P1, 'pending'], [wilma, 'none']);
  });

  it('pendingCounts restores the original extension’s rule: pending is subscribed', async () => {
    const s = await openScenario({ list: { pendingCounts: true } });
    const wilma = s.civi.creates('Wilma', P1);
    s.person.signsUp(P1);
    await s.comesToRest();
    s.assertSides([P1, 'pending'], [wilma, 'Added']);
    s.civi.removes(wilma);
    await s.comesToRest();
    s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
  });

  it('newMemberStatus "pending": new members are asked, and known for ours', async () => {
    const s = await openScenario({ list: { newMemberStatus: 'pending' } });
    const wilma = s.civi.creates('Wilma', P1);
    s.civi.adds(wilma);
    await s.comesToRest();
    s.assertSides([P1, 'pending'], [wilma, 'Added']);
    s.civi.removes(wilma);
    await s.comesToRest();
    s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
  });
});
