import assert from 'node:assert/strict';
import type { Counts } from '../../../src/sync/stage.ts';
import { P1, P2, openScenario, type Scenario } from '../../support/scenario.ts';
import { closeWorlds, GROUP, INTEREST_GROUP, LIST } from '../../support/sync-world.ts';

async function identified(s: Scenario, mode: 'incremental' | 'full' = 'incremental'): Promise<Counts> {
  const id = await s.sync.begin(mode);
  await s.sync.goOn(id, { before: 'identifyChanges' });
  const counts = await s.sync.stage('identifyChanges', id);
  await s.sync.engine.abort(LIST);
  return counts;
}

const cursorOf = async (s: Scenario): Promise<readonly [cursor: number, gaps: readonly string[]]> => {
  const { history, historyGaps } = await s.world.store.audience(LIST);
  return [history, Object.keys(historyGaps)];
};

/** Wilma and Betty in step, and quiet for a while. */
async function two(): Promise<{ readonly s: Scenario; readonly wilma: number; readonly betty: number }> {
  const s = await openScenario({ civicrm: { historyGap: 60 } });
  const wilma = await s.added('Wilma', P1);
  const betty = await s.added('Betty', P2);
  await s.comesToRest();
  return { s, wilma, betty };
}

const todo = async (s: Scenario): Promise<readonly (string | null)[]> => (await s.sync.rows()).filter((row) => row.syncStatus === 'todo').map((row) => row.email);

describe('stage identify changes', () => {
  closeWorlds();

  it('marks the rows of those with new history in the subscription group', async () => {
    const { s, wilma } = await two();
    s.civi.removes(wilma);
    const counts = await identified(s);
    assert.deepEqual([counts['history'], counts['marked'], await todo(s)], [1, 1, [P1]]);
  });

  it('in an interest group, or with an opt-out', async () => {
    const { s, wilma, betty } = await two();
    s.civi.adds(wilma, INTEREST_GROUP);
    s.civi.optsOut(betty, 'link');
    await identified(s);
    assert.deepEqual(await todo(s), [P1, P2]);
  });

  it('of those whose contact was edited', async () => {
    const { s, betty } = await two();
    s.civi.renames(betty, 'Bettina');
    await identified(s);
    assert.deepEqual(await todo(s), [P2]);
  });

  it('every row that the contact uses, also by its address', async () => {
    const { s, wilma } = await two();
    const pebbles = s.civi.creates('Pebbles', P2);
    await s.comesToRest();
    s.civi.adds(pebbles);
    await identified(s);
    assert.deepEqual(await todo(s), [P2]);
    assert.equal(s.group(wilma), 'Added');
  });

  it('history of other groups marks nobody', async () => {
    const { s, wilma } = await two();
    s.civi.adds(wilma, s.civi.acts.createGroup({ title: 'Volunteers' }));
    assert.deepEqual([(await identified(s))['history'], await todo(s)], [0, []]);
  });

  it('in a full run all rows', async () => {
    const { s } = await two();
    await identified(s, 'full');
    assert.deepEqual(await todo(s), [P1, P2]);
  });

  it('the cursor waits before an id that is missing, and goes on when it has come [overlap]', async () => {
    const { s, wilma, betty } = await two();
    const [before] = await cursorOf(s);
    const transaction = s.civi.acts.begin(wilma, GROUP, 'Removed');
    s.civi.removes(betty);
    await identified(s);
    assert.deepEqual(await cursorOf(s), [before, [String(transaction)]]);
    assert.deepEqual(await todo(s), [P2]);
    s.passes(600);
    s.civi.acts.commit(transaction);
    await identified(s);
    assert.deepEqual([await cursorOf(s), await todo(s)], [[transaction + 1, []], [P1, P2]]);
  });

  it('an id that never comes is waited for no longer than a writer may take', async () => {
    const { s, wilma, betty } = await two();
    const transaction = s.civi.acts.begin(wilma, GROUP, 'Removed');
    s.civi.removes(betty);
    s.civi.acts.rollback(transaction);
    await identified(s);
    s.passes(3599);
    await identified(s);
    assert.deepEqual((await cursorOf(s))[1], [String(transaction)]);
    s.passes(2);
    await identified(s);
    assert.deepEqual(await cursorOf(s), [transaction + 1, []]);
  });

  it('ids of other groups are no gap', async () => {
    const { s, wilma, betty } = await two();
    s.civi.adds(wilma, s.civi.acts.createGroup({ title: 'Volunteers' }));
    s.civi.removes(betty);
    await identified(s);
    assert.deepEqual((await cursorOf(s))[1], []);
  });
});
