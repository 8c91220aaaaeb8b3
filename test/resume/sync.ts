import { setTimeout as wait } from 'node:timers/promises';
import type { ListId } from '../../src/base/ids.ts';
import type { Run } from '../../src/store/entities.ts';
import type { Engine, StartOutcome } from '../../src/sync/engine.ts';
import { STAGES } from '../../src/sync/stages.ts';

/** `run`: an audience's run with the results of its batches; `inbox`: what waits there. */
export type Job = { readonly kind: 'run'; readonly mode: Run['mode']; /** The first unless given. */ readonly list?: ListId } | { readonly kind: 'inbox' };

const never = new AbortController().signal;
const names = Object.keys(STAGES) as readonly (keyof typeof STAGES)[];

/** What an engine does between two schedules of a flow. `begins` is told of each stage before it begins. */
export async function sync(engine: Engine, job: Job, begins: (what: string) => void = () => undefined): Promise<StartOutcome | null> {
  if (job.kind === 'inbox') {
    begins('inbox');
    await engine.handleInbox({ signal: never });
    return null;
  }
  const [first] = engine.settings.audiences.keys();
  const started = await engine.start(job.list ?? first!, { mode: job.mode, since: null, withData: true, dryRun: false });
  if (started.kind === 'not_started') return started;
  for (const stage of names) {
    begins(stage);
    await engine.runStage(stage, started.run.id, { signal: never, last: stage === 'submit' });
  }
  begins('batches');
  while ((await engine.handleBatches({ signal: never }))['waiting'] !== 0) await wait(20);
  return started;
}
