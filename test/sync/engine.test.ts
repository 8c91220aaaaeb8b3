import assert from 'node:assert/strict';
import { runId } from '../../src/base/ids.ts';
import { SyncError, type ErrorCode } from '../../src/base/errors.ts';
import { world } from '../../src/simulator/world.ts';
import { P1, openScenario } from '../support/scenario.ts';
import { closeWorlds, GROUP, INTEREST, LIST, OTHER_LIST } from '../support/sync-world.ts';

const codeIs = (code: ErrorCode) => (error: unknown): boolean => error instanceof SyncError && error.code === code;
const request = { mode: 'incremental', since: null, withData: false, dryRun: false } as const;
const signal = new AbortController().signal;

/** What a start says of clocks when CiviCRM's is so many milliseconds ahead. */
async function warned(civicrmAhead: number): Promise<readonly string[]> {
  const s = await openScenario({ civicrmAhead });
  await s.sync.engine.start(LIST, request);
  return s.world.logged.filter((line) => line.includes('the clock of '));
}

describe('engine', () => {
  closeWorlds();

  it('one run an audience: another one is told that it is busy, and by which', async () => {
    const s = await openScenario();
    const { engine } = s.sync;
    const first = await engine.start(LIST, { ...request, id: runId('one') });
    const second = await engine.start(LIST, { ...request, id: runId('two') });
    assert.deepEqual([first.kind, second.kind, second.run?.id], ['started', 'not_started', 'one']);
    assert.equal(second.kind === 'not_started' && second.reason, 'busy');
  });

  it('audiences run side by side', async () => {
    const s = await openScenario({ twoAudiences: true });
    assert.equal((await s.sync.engine.start(LIST, request)).kind, 'started');
    assert.equal((await s.sync.engine.start(OTHER_LIST, request)).kind, 'started');
  });

  it('the run that is asked for by its id is resumed where it was', async () => {
    const s = await openScenario();
    const { engine } = s.sync;
    await engine.start(LIST, { ...request, id: runId('one') });
    await engine.runStage('fetch', runId('one'), { signal });
    const again = await engine.start(LIST, { ...request, id: runId('one') });
    assert.deepEqual([again.kind, again.run?.stage], ['resumed', 'fetch']);
  });

  it('an unfinished run is resumed by the next start, when its lease has run out', async () => {
    const s = await openScenario();
    const { engine } = s.sync;
    await engine.start(LIST, { ...request, mode: 'full', id: runId('one') });
    s.passes(3600);
    const next = await engine.start(LIST, { ...request, id: runId('two') });
    assert.deepEqual([next.kind, next.run?.id, next.run?.mode], ['resumed', 'one', 'full']);
  });

  it('a stage that the run has passed, of a run that is over or unknown, lets the message through', async () => {
    const s = await openScenario();
    const id = await s.sync.begin();
    await s.sync.stage('fetch', id);
    assert.deepEqual(await s.sync.engine.runStage('fetch', id, { signal }), { kind: 'passed' });
    await s.sync.goOn(id);
    assert.deepEqual(await s.sync.engine.runStage('submit', id, { signal }), { kind: 'passed' });
    assert.deepEqual(await s.sync.engine.runStage('fetch', runId('nobody'), { signal }), { kind: 'passed' });
    assert.equal((await s.world.store.run(id))?.state, 'done');
  });

  it('a stage may be left out', async () => {
    const s = await openScenario();
    const id = await s.sync.begin();
    await s.sync.stage('fetch', id);
    await s.sync.stage('reconcile', id);
    assert.deepEqual(await s.sync.engine.runStage('populate', id, { signal }), { kind: 'passed' });
  });

  it('the counts of each stage stay with the run', async () => {
    const s = await openScenario();
    s.person.subscribes(P1);
    const id = await s.sync.begin();
    await s.sync.goOn(id);
    const run = await s.world.store.run(id);
    assert.deepEqual([run?.counts.fetch?.['made'], run?.counts.createContacts?.['created'], run?.counts.reconcile?.['applied']], [1, 1, 1]);
  });

  it('an aborted run is over, and the next one starts at once', async () => {
    const s = await openScenario();
    const id = await s.sync.begin();
    assert.equal((await s.sync.engine.abort(LIST))?.id, id);
    assert.equal(await s.sync.engine.abort(LIST), null);
    assert.deepEqual(await s.sync.engine.runStage('fetch', id, { signal }), { kind: 'passed' });
    assert.equal((await s.sync.engine.start(LIST, request)).kind, 'started');
  });

  it('a stage that is stopped ends as aborted, and the run can be resumed', async () => {
    const s = await openScenario();
    const id = await s.sync.begin();
    await assert.rejects(s.sync.stage('fetch', id, AbortSignal.abort()), codeIs('aborted'));
    assert.equal((await s.world.store.run(id))?.state, 'running');
    assert.equal((await s.sync.engine.start(LIST, request)).kind, 'resumed');
  });

  it('a disabled audience is not run', async () => {
    const s = await openScenario({ list: { enabled: false } });
    assert.deepEqual(await s.sync.engine.start(LIST, request), { kind: 'not_started', reason: 'disabled', run: null });
  });

  it('tells how things stand', async () => {
    const s = await openScenario({ list: { submitSingly: 0 } });
    const wilma = s.civi.creates('Wilma', P1);
    s.civi.adds(wilma);
    await s.sync.run();
    const [status] = await s.sync.engine.status();
    assert.deepEqual([status?.rows.live, status?.openBatches.length, status?.lastRun?.state, status?.queuedUpdates, status?.inbox], [1, 1, 'done', 0, 0]);
    s.person.subscribes('p2@example.org');
    await s.world.mailchimp.webhooks.deliver(s.firedWebhooks()[0]!);
    assert.equal((await s.sync.engine.status())[0]?.inbox, 1);
  });

  it('warns before a run of a clock that is more than a minute off, and not of one that is less', async () => {
    assert.match((await warned(90_000)).join('\n'), /the clock of CiviCRM is (89|90|91) s ahead/);
    assert.match((await warned(-90_000)).join('\n'), /the clock of CiviCRM is (89|90|91) s behind/);
    assert.deepEqual(await warned(30_000), []);
  });

  describe('starts no run', () => {
    it('of an audience that the settings do not have', async () => {
      const s = await openScenario();
      await assert.rejects(s.sync.engine.start(OTHER_LIST, request), codeIs('audience_unknown'));
    });

    it('without the group, or with one that cannot be written', async () => {
      const s = await openScenario();
      s.civi.acts.setGroupActive(GROUP, false);
      await assert.rejects(s.sync.engine.start(LIST, request), codeIs('group_missing'));
      s.civi.acts.deleteGroup(GROUP);
      await assert.rejects(s.sync.engine.start(LIST, request), codeIs('group_missing'));
    });

    it('without the interest', async () => {
      const s = await openScenario();
      s.world.mailchimp.setup.deleteInterest(LIST, INTEREST);
      await assert.rejects(s.sync.engine.start(LIST, request), codeIs('interest_missing'));
    });

    it('while CiviCRM is down, or shows nobody for want of a permission', async () => {
      const s = await openScenario();
      s.world.civicrm.setCondition('database down');
      await assert.rejects(s.sync.engine.start(LIST, request), codeIs('civicrm_unexpected'));
      s.world.civicrm.setCondition('running');
      s.world.civicrm.setPermissions(world.civicrm.apiKey, ['authenticate with api key', 'access CiviCRM']);
      await assert.rejects(s.sync.engine.start(LIST, request), codeIs('civicrm_unauthorized'));
    });
  });
});
