import assert from 'node:assert/strict';
import { openScenario, P1, P2, type Scenario } from '../support/scenario.ts';
import { closeWorlds, LIST } from '../support/sync-world.ts';

/** A contact whose address was deleted for good at Mailchimp is Added: refused as forgotten. */
async function forgotten(s: Scenario, address: string): Promise<void> {
  s.person.subscribes(address);
  s.mailchimpAdmin.deletesForGood(address);
  s.civi.adds(s.civi.creates('Wilma', address));
  s.passes(60);
  await s.sync.run();
  s.passes(60);
  await s.sync.run();
  assert.equal(await s.failReason(address), 'forgotten');
}

describe('releasing people who were refused', () => {
  closeWorlds();

  it('asks for them once more, and only once', async () => {
    const s = await openScenario();
    await forgotten(s, P1);
    const before = s.sync.writes;
    await s.sync.full();
    assert.equal(s.sync.writes, before, 'a refusal was asked again without a cause');

    assert.equal(await s.sync.engine.release(LIST, 'forgotten'), 1);
    await s.sync.run();
    assert.equal(s.sync.writes, before + 1);
    s.passes(60);
    await s.sync.full();
    assert.equal(s.sync.writes, before + 1);
    assert.equal(await s.failReason(P1), 'forgotten');
  });

  it('leaves those of other reasons', async () => {
    const s = await openScenario();
    await forgotten(s, P1);
    const nobody = s.civi.creates('Betty');
    s.civi.adds(nobody);
    s.passes(60);
    await s.sync.run();
    assert.equal(await s.sync.engine.release(LIST, 'no_email'), 1);
    assert.equal(await s.failReason(P1), 'forgotten');
    assert.equal(await s.sync.engine.release(LIST, null), 1);
    assert.equal((await s.sync.row(P1)).syncStatus, 'todo');
    assert.equal(s.member(P2), 'none');
  });
});
