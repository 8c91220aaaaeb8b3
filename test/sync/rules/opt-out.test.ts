import assert from 'node:assert/strict';
import { closeWorlds } from '../../support/sync-world.ts';
import { P1, P2, openScenario } from '../../support/scenario.ts';

describe('rules: opt-outs', () => {
  closeWorlds();

  for (const by of ['tick', 'link'] as const)
    it(`[optout] an opt-out by ${by} unsubscribes, and the group status stays as it is`, async () => {
      const s = await openScenario();
      const wilma = await s.joined();
      s.civi.optsOut(wilma, by);
      await s.comesToRest();
      s.assertSides([P1, 'unsubscribed'], [wilma, 'Added']);
    });

  for (const flag of ['do_not_email', 'is_deceased'] as const)
    it(`[optout] ${flag} counts as an opt-out`, async () => {
      const s = await openScenario();
      const wilma = await s.joined();
      s.civi.acts.setFlag(wilma, flag, true);
      await s.comesToRest();
      s.assertSides([P1, 'unsubscribed'], [wilma, 'Added']);
    });

  it('[optout] whoever subscribes at Mailchimp afterwards stays there, marked and reported', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    s.civi.optsOut(wilma, 'link');
    await s.comesToRest();
    s.person.subscribes(P1);
    await s.comesToRest();
    s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
    assert.equal(await s.failReason(P1), 'opted_out');
  });

  it('[optout] a removal in the group still counts while the opt-out lasts', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    s.civi.optsOut(wilma, 'link');
    await s.comesToRest();
    s.person.subscribes(P1);
    s.passes(20);
    s.civi.removes(wilma);
    await s.comesToRest();
    s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
  });

  it('[optout] at first sight it may have been said ever: a subscribe outdoes it only when surely later than now', async () => {
    const s = await openScenario();
    const wilma = s.civi.creates('Wilma', P1);
    s.civi.adds(wilma);
    s.civi.optsOut(wilma);
    s.passes(60);
    s.person.subscribes(P1);
    await s.comesToRest();
    s.assertSides([P1, 'unsubscribed'], [wilma, 'Added']);
  });

  it('[optout] of two opted-out contacts that are merged the later one counts', async () => {
    const s = await openScenario();
    const wilma = await s.added('Wilma', P1);
    const betty = s.civi.creates('Betty', P2);
    s.civi.optsOut(betty, 'link');
    s.passes(20);
    s.person.signsUp(P2);
    s.person.confirms(P2);
    s.passes(20);
    s.civi.optsOut(wilma);
    s.passes(20);
    s.civi.merges(wilma, betty);
    await s.comesToRest();
    assert.deepEqual([s.member(P1), s.member(P2), s.group(wilma)], ['unsubscribed', 'unsubscribed', 'Added']);
  });

  for (const flag of ['do_not_email', 'is_deceased'] as const)
    it(`[optout] ${flag}, set beside an opt-out that a later subscribe has outdone, says it anew`, async () => {
      const s = await openScenario();
      const wilma = await s.joined();
      s.civi.optsOut(wilma, 'link');
      await s.comesToRest();
      s.person.subscribes(P1);
      await s.comesToRest();
      s.civi.acts.setFlag(wilma, flag, true);
      await s.comesToRest();
      s.assertSides([P1, 'unsubscribed'], [wilma, 'Added']);
      s.civi.takesBackOptOut(wilma);
      await s.comesToRest();
      s.assertSides([P1, 'unsubscribed'], [wilma, 'Added']);
      s.civi.acts.setFlag(wilma, flag, false);
      await s.comesToRest();
      s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
    });

  it('[optundo] an opt-out taken back counts as if it had not been said', async () => {
    const s = await openScenario();
    const wilma = await s.added('Wilma', P1);
    s.civi.optsOut(wilma);
    await s.comesToRest();
    s.assertSides([P1, 'unsubscribed'], [wilma, 'Added']);
    s.civi.takesBackOptOut(wilma);
    await s.comesToRest();
    s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
  });

  it('[optundo] what the person did at Mailchimp meanwhile stands', async () => {
    const s = await openScenario();
    const wilma = await s.added('Wilma', P1);
    s.person.unsubscribes(P1);
    s.civi.optsOut(wilma);
    await s.comesToRest();
    s.civi.takesBackOptOut(wilma);
    await s.comesToRest();
    s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
  });

  it('optOut "ignore" leaves opt-outs to CiviCRM', async () => {
    const s = await openScenario({ list: { optOut: 'ignore' } });
    const wilma = await s.joined();
    s.civi.optsOut(wilma, 'link');
    await s.comesToRest();
    s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
  });
});
