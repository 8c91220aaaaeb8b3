import assert from 'node:assert/strict';
import { listId } from '../../../src/base/ids.ts';
import { readSettings } from '../../../src/settings/read-settings.ts';
import type { ReportedFailure } from '../../../src/simulator/people/judge.ts';
import { startSimulators, type RunningSimulators } from '../../../src/simulator/simulators.ts';
import { world } from '../../../src/simulator/world.ts';
import { openSqliteStore } from '../../../src/store/sqlite/sqlite-store.ts';
import type { Store } from '../../../src/store/store.ts';
import type { Engine } from '../../../src/sync/engine.ts';
import { openEngine } from '../../../src/sync/open-engine.ts';
import { STAGES } from '../../../src/sync/stages.ts';
import type { StageName } from '../../../src/store/entities.ts';

const LIST = listId(world.mailchimp.listId);

describe('people after real syncs', () => {
  it('are all as foretold after three full runs, each kind, and a fourth changes nothing', async function () {
    this.timeout(60_000);
    const simulators = await startSimulators({ people: 300 });
    const store = await openSqliteStore(':memory:');
    const engine = await openEngine(readSettings(simulators.settings), { store });
    try {
      for (let run = 0; run < 3; run++) await syncFully(engine, simulators);
      const differing = simulators.judge(await failures(store)).filter(({ differences }) => differences.length > 0);
      assert.deepEqual(differing, []);
      const before = JSON.stringify([simulators.mailchimp.state.lists, [...simulators.civicrm.tables.subscriptionHistory.all()].length]);
      await syncFully(engine, simulators);
      assert.equal(JSON.stringify([simulators.mailchimp.state.lists, [...simulators.civicrm.tables.subscriptionHistory.all()].length]), before);
    } finally {
      await engine.close();
      await simulators.close();
    }
  });
});

/** A full run through every stage; its batches run at once. */
async function syncFully(engine: Engine, { mailchimp }: RunningSimulators): Promise<void> {
  const { signal } = new AbortController();
  const started = await engine.start(LIST, { mode: 'full', since: null, withData: true, dryRun: false });
  assert.equal(started.kind, 'started');
  const stages = Object.keys(STAGES) as StageName[];
  for (const stage of stages) await engine.runStage(stage, started.run?.id ?? assert.fail(), { signal, last: stage === stages.at(-1) });
  while (mailchimp.batches.unfinished().length > 0) await mailchimp.work();
  await engine.handleBatches({ signal });
}

/** What the sync says it cannot do. */
async function failures(store: Store): Promise<ReportedFailure[]> {
  const rows = await store.rows({ listId: LIST, after: null, limit: 10_000, where: { kind: 'status', status: 'fail' } });
  return rows.map(({ email, contactId, failReason }) => ({ email, contactId, reason: failReason ?? 'other' }));
}
