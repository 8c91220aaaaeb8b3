import assert from 'node:assert/strict';
import { listId } from '../../src/base/ids.ts';
import type { ReportedFailure } from '../../src/simulator/people/judge.ts';
import type { RunningSimulators } from '../../src/simulator/simulators.ts';
import { world } from '../../src/simulator/world.ts';
import type { StageName } from '../../src/store/entities.ts';
import type { Store } from '../../src/store/store.ts';
import type { Engine } from '../../src/sync/engine.ts';
import { STAGES } from '../../src/sync/stages.ts';

const LIST = listId(world.mailchimp.listId);

/** A full run through every stage; its batches run at once. */
export async function syncFully(engine: Engine, { mailchimp }: RunningSimulators): Promise<void> {
  const { signal } = new AbortController();
  const started = await engine.start(LIST, { mode: 'full', since: null, withData: true, dryRun: false });
  assert.equal(started.kind, 'started');
  const stages = Object.keys(STAGES) as StageName[];
  for (const stage of stages) await engine.runStage(stage, started.run?.id ?? assert.fail(), { signal, last: stage === stages.at(-1) });
  while (mailchimp.batches.unfinished().length > 0) await mailchimp.work();
  await engine.handleBatches({ signal });
}

/** What the sync says it cannot do. */
export async function failuresIn(store: Store): Promise<ReportedFailure[]> {
  const rows = await store.rows({ listId: LIST, after: null, limit: 10_000, where: { kind: 'status', status: 'fail' } });
  return rows.map(({ email, contactId, failReason }) => ({ email, contactId, reason: failReason ?? 'other' }));
}
