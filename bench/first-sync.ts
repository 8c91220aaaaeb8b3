import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { readSettings } from '../src/settings/read-settings.ts';
import { startSimulators } from '../src/simulator/simulators.ts';
import { openSqliteStore } from '../src/store/sqlite/sqlite-store.ts';
import type { RunMode, StageName } from '../src/store/entities.ts';
import type { Engine } from '../src/sync/engine.ts';
import { openEngine } from '../src/sync/open-engine.ts';
import { STAGES } from '../src/sync/stages.ts';

/**
 * How fast a first sync, a run without changes and a full run are: seconds a stage, people a second, and the ratio of
 * each later run to the first. Simulators, store and engine share this machine, so only ratios travel.
 *
 *     npm run bench -- --people 20000
 */
const { values } = parseArgs({ options: { people: { type: 'string', default: '5000' } } });
const people = Number(values.people);
const directory = await mkdtemp(join(tmpdir(), 'mailchimpsync-bench-'));
const simulators = await startSimulators({ people });
const settings = readSettings(simulators.settings);
const store = await openSqliteStore(join(directory, 'bench.sqlite'));
const engine = await openEngine(settings, { store });
const [audience] = settings.audiences.keys();
const signal = new AbortController().signal;

interface Measured {
  readonly total: number;
  readonly stages: Readonly<Record<string, number>>;
}

const seconds = async (work: () => Promise<unknown>): Promise<number> => {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
};

async function settle(to: Engine): Promise<void> {
  while (((await to.handleBatches({ signal }))['waiting'] ?? 0) > 0) await new Promise((resolve) => setTimeout(resolve, 50));
}

async function measure(mode: RunMode): Promise<Measured> {
  const stages: Record<string, number> = {};
  const started = await engine.start(audience!, { mode, since: null, withData: true, dryRun: false });
  if (started.kind === 'not_started') throw new Error(`not started: ${started.reason}`);
  for (const stage of Object.keys(STAGES) as StageName[]) stages[stage] = await seconds(() => engine.runStage(stage, started.run.id, { signal, last: stage === 'submit' }));
  stages['results'] = await seconds(() => settle(engine));
  return { stages, total: Object.values(stages).reduce((sum, each) => sum + each, 0) };
}

try {
  const runs: (readonly [string, Measured])[] = [];
  for (const [name, mode] of [['first sync', 'full'], ['second, answers settled', 'incremental'], ['nothing changed', 'incremental'], ['full, nothing changed', 'full']] as const) runs.push([name, await measure(mode)]);
  const first = runs[0]![1].total;
  for (const [name, { total, stages }] of runs) {
    console.log(`\n${name}: ${total.toFixed(2)} s, ${Math.round(people / total)} people a second, ${(total / first).toFixed(3)} of the first`);
    for (const [stage, took] of Object.entries(stages)) console.log(`  ${stage.padEnd(16)} ${took.toFixed(2).padStart(7)} s`);
  }
} finally {
  await engine.close();
  await simulators.close();
  await rm(directory, { recursive: true, force: true });
}
