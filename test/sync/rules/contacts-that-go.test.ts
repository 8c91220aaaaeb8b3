import assert from 'node:assert/strict';
import { closeWorlds } from '../../support/sync-world.ts';
import { P1, P2, P3, openScenario } from '../../support/scenario.ts';

/** Live contacts that the sync or an administrator made for an address. */
const nobody: readonly number[] = [];

/** algorithm.md, stage 2 and `onContactDeleted`. */
describe('rules: contacts that go', () => {
  closeWorlds();

  it('[trashword] whoever was removed and then trashed is not made anew', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    s.civi.removes(wilma);
    s.passes(5);
    s.civi.trashes(wilma);
    await s.comesToRest();
    assert.deepEqual([s.member(P1), s.civi.ownersOf(P1)], ['unsubscribed', nobody]);
  });

  it('[trashword] the removal of a trashed contact goes to the one that gets its address', async () => {
    const s = await openScenario({ list: { onContactDeleted: 'recreate' } });
    const wilma = await s.joined();
    s.civi.removes(wilma);
    s.passes(5);
    s.civi.trashes(wilma);
    const betty = s.civi.creates('Betty', P1);
    await s.comesToRest();
    s.assertSides([P1, 'unsubscribed'], [betty, 'none']);
  });

  it('[trashno] trashing a contact unsubscribes its member; a later subscribe makes a contact', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    s.civi.trashes(wilma);
    await s.comesToRest();
    assert.deepEqual([s.member(P1), s.civi.ownersOf(P1)], ['unsubscribed', nobody]);
    s.person.subscribes(P1);
    await s.comesToRest();
    const [again] = s.civi.ownersOf(P1);
    s.assertSides([P1, 'subscribed'], [again!, 'Added']);
  });

  it('[trashno] a contact deleted for good is gone like a trashed one', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    s.civi.deletesForGood(wilma);
    await s.comesToRest();
    assert.deepEqual([s.member(P1), s.civi.ownersOf(P1)], ['unsubscribed', nobody]);
  });

  it('[trashno] the deletion is kept with every address that the contact had', async () => {
    const s = await openScenario();
    const wilma = await s.added('Wilma', P1, P2);
    s.person.subscribes(P2);
    s.civi.trashes(wilma);
    await s.comesToRest();
    assert.deepEqual([s.member(P1), s.member(P2)], ['unsubscribed', 'unsubscribed']);
    assert.deepEqual([s.civi.ownersOf(P1), s.civi.ownersOf(P2)], [nobody, nobody]);
  });

  it('[trashno] a form filled in within the second of the deletion makes nobody anew', async () => {
    const s = await openScenario();
    const wilma = s.civi.creates('Wilma', P1);
    s.civi.adds(wilma);
    s.civi.putsOnHold(wilma, P1);
    await s.comesToRest();
    s.civi.trashes(wilma);
    s.person.subscribes(P1);
    await s.comesToRest();
    assert.deepEqual([s.member(P1), s.civi.ownersOf(P1)], ['unsubscribed', nobody]);
  });

  it('[trashno] it counts for the next contact at the address, which has no history of its own', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    s.civi.trashes(wilma);
    const betty = s.civi.creates('Betty', P1);
    await s.comesToRest();
    s.assertSides([P1, 'unsubscribed'], [betty, 'none']);
  });

  it('[trashno] a contact that is itself Added is not touched by the deletion of another', async () => {
    const s = await openScenario();
    const wilma = await s.added('Wilma', P1);
    const betty = s.civi.creates('Betty', P1);
    s.civi.adds(betty);
    await s.comesToRest();
    s.civi.trashes(wilma);
    await s.comesToRest();
    s.assertSides([P1, 'subscribed'], [betty, 'Added']);
  });

  it('onContactDeleted "recreate" makes the person anew', async () => {
    const s = await openScenario({ list: { onContactDeleted: 'recreate' } });
    const wilma = await s.joined();
    s.civi.trashes(wilma);
    await s.comesToRest();
    const [again] = s.civi.ownersOf(P1);
    assert.notEqual(again, undefined);
    s.assertSides([P1, 'subscribed'], [again!, 'Added']);
  });

  it('a contact restored from the trash keeps what was said of it', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    s.civi.trashes(wilma);
    s.passes(30);
    s.civi.restores(wilma);
    await s.comesToRest();
    s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
  });

  it('a contact restored after the deletion was carried out stays out: the deletion was the later word', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    s.civi.trashes(wilma);
    await s.comesToRest();
    assert.equal(s.member(P1), 'unsubscribed');
    s.civi.restores(wilma);
    await s.comesToRest();
    s.assertSides([P1, 'unsubscribed'], [wilma, 'Removed']);
    s.passes(10);
    s.civi.adds(wilma);
    await s.comesToRest();
    s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
  });

  it('merged into another contact: the row goes over to the one that is kept', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    const betty = s.civi.creates('Betty', P2);
    s.civi.merges(betty, wilma);
    await s.comesToRest();
    s.assertSides([P1, 'subscribed'], [betty, 'Added']);
    assert.deepEqual((await s.sync.rows()).map((row) => row.contactId), [betty]);
  });

  it('merged the other way round: the row stays where it is', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    const betty = s.civi.creates('Betty', P2);
    s.civi.adds(betty);
    await s.comesToRest();
    s.civi.merges(wilma, betty);
    await s.comesToRest();
    s.assertSides([P1, 'subscribed'], [wilma, 'Added']);
    s.assertSides([P2, 'subscribed'], [wilma, 'Added']);
  });

  it('a chain of merges leads to the last that is kept', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    const betty = s.civi.creates('Betty', P2);
    const pebbles = s.civi.creates('Pebbles', P3);
    s.civi.merges(betty, wilma);
    s.passes(10);
    s.civi.merges(pebbles, betty);
    await s.comesToRest();
    s.assertSides([P1, 'subscribed'], [pebbles, 'Added']);
    assert.deepEqual((await s.sync.rows()).map((row) => row.contactId), [pebbles]);
  });

  it('merged, and the one that is kept trashed: as any contact that goes', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    const betty = s.civi.creates('Betty', P2);
    s.civi.merges(betty, wilma);
    s.civi.trashes(betty);
    await s.comesToRest();
    assert.deepEqual([s.member(P1), s.civi.ownersOf(P1)], ['unsubscribed', nobody]);
  });

  it('merged in the middle of a run: no second row, nobody twice', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    const betty = s.civi.creates('Betty', P2);
    const id = await s.sync.begin();
    await s.sync.goOn(id, { before: 'addCiviOnly' });
    s.civi.merges(betty, wilma);
    await s.sync.goOn(id);
    await s.comesToRest();
    s.assertSides([P1, 'subscribed'], [betty, 'Added']);
    assert.equal(s.member(P2), 'none');
  });
});
