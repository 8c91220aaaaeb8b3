import assert from 'node:assert/strict';
import { openScenario, P1 } from '../support/scenario.ts';
import { closeWorlds, LIST } from '../support/sync-world.ts';

describe('a dry run', () => {
  closeWorlds();

  it('tells what it would do, does nothing of it, and ends held; the next run does it', async () => {
    const history = await openScenario();
    const contact = await history.joined(P1);
    history.civi.removes(contact);
    history.passes(60);
    const writes = history.sync.writes;

    const planned = await history.sync.full({ dryRun: true });
    assert.equal(planned.reconcile?.['unsubscribe'], 1);
    assert.equal(planned.reconcile?.['planned'], 1);
    assert.equal(planned.submit, undefined, 'a dry run went on to submit');
    assert.equal(history.sync.writes, writes);
    assert.equal((await history.world.store.runs(LIST, 1))[0]?.state, 'held');
    assert.equal((await history.sync.row(P1)).syncStatus, 'todo');

    await history.sync.run();
    assert.equal(history.member(P1), 'unsubscribed');
  });

  it('sends nothing that an earlier run left queued', async () => {
    const history = await openScenario();
    const contact = await history.joined(P1);
    history.civi.removes(contact);
    history.passes(60);
    const id = await history.sync.begin('full');
    await history.sync.goOn(id, { before: 'submit' });
    await history.sync.engine.abort(LIST);
    const writes = history.sync.writes;
    await history.sync.full({ dryRun: true });
    assert.equal(history.sync.writes, writes);
  });
});
