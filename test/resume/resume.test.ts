import assert from 'node:assert/strict';
import { runId, type RunId } from '../../src/base/ids.ts';
import type { Run, StageName } from '../../src/store/entities.ts';
import type { Engine, StageOutcome } from '../../src/sync/engine.ts';
import { LEASE } from '../../src/sync/stage.ts';
import { STAGES } from '../../src/sync/stages.ts';
import { betweenEffects } from '../support/between-effects.ts';
import { meanwhile } from '../support/meanwhile.ts';
import { openScenario, P1, P2, P3, type Scenario } from '../support/scenario.ts';
import { closeWorlds, LIST } from '../support/sync-world.ts';

const NAMES = Object.keys(STAGES) as readonly StageName[];
const never = new AbortController().signal;
/** As in the races: a few of all moments, unless all are asked for. */
const STRIDE = Number(process.env['MAILCHIMPSYNC_TEST_MOMENTS'] ?? 13);

const start = (engine: Engine) => engine.start(LIST, { mode: 'full', since: null, withData: false, dryRun: false });

async function begin(engine: Engine): Promise<RunId> {
  const started = await start(engine);
  return started.kind === 'not_started' ? assert.fail(`not started: ${started.reason}`) : started.run.id;
}

/** The stages of a run, up to one; what each answered. */
async function stages(engine: Engine, id: RunId, { until, signal = never }: { readonly until?: StageName; readonly signal?: AbortSignal } = {}): Promise<readonly StageOutcome['kind'][]> {
  const kinds: StageOutcome['kind'][] = [];
  for (const stage of NAMES) {
    kinds.push((await engine.runStage(stage, id, { signal, last: stage === 'submit' })).kind);
    if (stage === until) break;
  }
  return kinds;
}

/** Work on both sides: somebody joined, somebody was added, somebody has left. */
async function openBusy(): Promise<Scenario> {
  const s = await openScenario();
  await s.joined(P3);
  s.person.subscribes(P1);
  s.civi.adds(s.civi.creates('Fred', P2));
  s.person.unsubscribes(P3);
  s.webhooksAreLost();
  s.passes(60);
  return s;
}

const assertDone = (s: Scenario): void => {
  for (const [address, status, group] of [[P1, 'subscribed', 'Added'], [P2, 'subscribed', 'Added'], [P3, 'unsubscribed', 'Removed']] as const) {
    const [contact, ...others] = s.civi.ownersOf(address);
    assert.deepEqual(others, [], 'a contact was made twice');
    s.assertSides([address, status], [contact!, group]);
  }
};

/** All that a run has written to the store, and to both services. */
async function written(s: Scenario): Promise<unknown> {
  const rows = (await s.sync.rows()).map(({ claimedBy: _by, claimedUntil: _until, ...row }) => row);
  const { store } = s.world;
  return { rows, updates: await store.openUpdates(LIST, rows.map(({ id }) => id), []), audience: await store.audience(LIST), runs: await store.runs(LIST, 9), writes: s.sync.writes };
}

/** Closes the world's engine, not the store that it shares with others. */
async function closeAlone({ world: { store }, sync: { engine } }: Scenario): Promise<void> {
  const close = store.close.bind(store);
  Object.assign(store, { close: async () => undefined });
  await engine.close();
  Object.assign(store, { close });
}

/** What happens writes nothing. */
async function nothing(s: Scenario, act: () => Promise<unknown>): Promise<void> {
  const before = await written(s);
  await act();
  assert.deepEqual(await written(s), before);
}

describe('A run', () => {
  closeWorlds();

  describe('that is under way', () => {
    it('is answered as busy: to another start of its engine, and to another engine', async () => {
      const s = await openBusy();
      const other = await s.world.reopen({});
      const id = await begin(s.sync.engine);
      for (const engine of [s.sync.engine, other]) {
        const answer = await start(engine);
        assert.deepEqual([answer.kind, answer.kind === 'not_started' && answer.reason, answer.run?.id], ['not_started', 'busy', id]);
      }
    });

    it('stays busy while a stage works longer than a lease lives, because that renews it', async () => {
      const s = await openBusy();
      const other = await s.world.reopen({});
      const id = await begin(s.sync.engine);
      let answer = '';
      const renewals = renewedByHand(s);
      meanwhile(s.world.store, 'before', 'rowsByMember', async () => {
        for (let third = 0; third < 6; third++) {
          s.passes(20);
          await renewals();
        }
        answer = (await start(other)).kind;
      });
      await stages(s.sync.engine, id, { until: 'fetch' });
      assert.equal(answer, 'not_started');
    });

    it('is resumed by another when its lease has run out', async () => {
      const s = await openBusy();
      const other = await s.world.reopen({});
      const id = await begin(s.sync.engine);
      await stages(s.sync.engine, id, { until: 'populate' });
      s.passes(9 * 60);
      assert.equal((await start(other)).kind, 'not_started', 'between two stages a lease lives for ten minutes');
      s.passes(2 * 60);
      const resumed = await start(other);
      assert.deepEqual([resumed.kind, resumed.run?.id, resumed.run?.stage], ['resumed', id, 'populate']);
      assert.deepEqual(await stages(other, id), [...Array<string>(3).fill('passed'), ...Array<string>(7).fill('done')]);
      assertDone(s);
    });

    it('is resumed at once when the engine that had it was closed', async () => {
      const s = await openBusy();
      const id = await begin(s.sync.engine);
      await stages(s.sync.engine, id, { until: 'fetch' });
      await closeAlone(s);
      const other = await s.world.reopen({});
      assert.deepEqual([(await start(other)).kind, await begin(other).catch(() => 'busy')], ['resumed', 'busy']);
      await stages(other, id);
      assertDone(s);
    });
  });

  it('that is stopped anywhere is resumed at once by the next start, passes what was done, and ends in step', async function () {
    this.timeout(60_000);
    for (let moment = 1; ; moment += STRIDE) {
      const s = await openBusy();
      const id = await begin(s.sync.engine);
      const stop = new AbortController();
      const reached = betweenEffects(s.world, moment, async () => stop.abort());
      const error: unknown = await stages(s.sync.engine, id, { signal: stop.signal }).then(() => null, (thrown: unknown) => thrown);
      if (!reached()) {
        assert.ok(moment > 50);
        return;
      }
      const run = (await s.world.store.run(id))!;
      if (error !== null) assert.equal((error as { code?: string }).code, 'aborted', `before effect ${moment}`);
      const other = await s.world.reopen({});
      if (run.state === 'running') {
        const resumed = await start(other);
        assert.deepEqual([resumed.kind, resumed.run?.id], ['resumed', id], `before effect ${moment}`);
        const passed = (await stages(other, id)).filter((kind) => kind === 'passed').length;
        assert.equal(passed, run.stage === null ? 0 : NAMES.indexOf(run.stage) + 1, `before effect ${moment}`);
      }
      s.sync.engine = other;
      await s.comesToRest();
      assertDone(s);
      await s.world.store.close();
    }
  });

  it('that loses its lease anywhere stops at its next write, of which nothing is written', async function () {
    this.timeout(60_000);
    for (let moment = 1; ; moment += STRIDE) {
      const s = await openBusy();
      const other = await s.world.reopen({});
      const id = await begin(s.sync.engine);
      let aborted: Run | null = null;
      let before: unknown;
      const reached = betweenEffects(s.world, moment, async () => {
        aborted = await other.abort(LIST);
        before = await written(s);
      });
      const error: unknown = await stages(s.sync.engine, id).then(() => null, (thrown: unknown) => thrown);
      if (!reached()) {
        assert.ok(moment > 50);
        return;
      }
      if (aborted !== null) {
        if (error !== null) assert.equal((error as { code?: string }).code, 'lease_lost', `before effect ${moment}`);
        const [then, now] = [before, await written(s)] as { writes: number }[];
        assert.ok(now!.writes - then!.writes <= 1, `before effect ${moment}: more than the request that was on its way`);
        assert.deepEqual({ ...now, writes: 0 }, { ...then, writes: 0 }, `before effect ${moment}`);
      }
      s.sync.engine = other;
      await s.comesToRest();
      assertDone(s);
      await s.world.store.close();
    }
  });

  it('that was aborted is over: the next start begins another', async () => {
    const s = await openBusy();
    const id = await begin(s.sync.engine);
    await stages(s.sync.engine, id, { until: 'identifyChanges' });
    assert.equal((await s.sync.engine.abort(LIST))?.id, id);
    assert.equal(await s.sync.engine.abort(LIST), null);
    const next = await begin(s.sync.engine);
    assert.notEqual(next, id);
    await stages(s.sync.engine, next);
    assertDone(s);
  });

  describe('is not moved by a message', () => {
    it('of a run that nobody knows', async () => {
      const s = await openBusy();
      await begin(s.sync.engine);
      await nothing(s, async () => assert.deepEqual(new Set(await stages(s.sync.engine, runId('nobody'))), new Set(['passed'])));
    });

    it('of a run that is over', async () => {
      const s = await openBusy();
      const id = await begin(s.sync.engine);
      await stages(s.sync.engine, id);
      await nothing(s, async () => assert.deepEqual(new Set(await stages(s.sync.engine, id)), new Set(['passed'])));
    });

    it('of a run that was over before this one began', async () => {
      const s = await openBusy();
      const earlier = await begin(s.sync.engine);
      await stages(s.sync.engine, earlier);
      await begin(s.sync.engine);
      await nothing(s, async () => assert.deepEqual(new Set(await stages(s.sync.engine, earlier)), new Set(['passed'])));
    });

    it('for a stage that it is past', async () => {
      const s = await openBusy();
      const id = await begin(s.sync.engine);
      await stages(s.sync.engine, id, { until: 'reconcile' });
      await nothing(s, async () => assert.deepEqual(await stages(s.sync.engine, id, { until: 'reconcile' }), Array<string>(9).fill('passed')));
    });

    it('while another engine holds it', async () => {
      const s = await openBusy();
      const other = await s.world.reopen({});
      const id = await begin(s.sync.engine);
      await nothing(s, async () => assert.deepEqual(new Set(await stages(other, id)), new Set(['passed'])));
      assert.ok((await stages(s.sync.engine, id)).every((kind) => kind === 'done'));
    });

    it('that comes twice', async () => {
      const s = await openBusy();
      const id = await begin(s.sync.engine);
      for (const stage of NAMES) {
        const twice = await Promise.all([0, 1].map(() => s.sync.engine.runStage(stage, id, { signal: never, last: stage === 'submit' })));
        assert.deepEqual(twice.map(({ kind }) => kind).toSorted((one, two) => one.localeCompare(two)), ['done', 'passed'], stage);
      }
      assertDone(s);
    });
  });
});

/** From now on a lease is renewed when the answer is called, which resolves when that is done: the world's clock stands still. */
function renewedByHand({ world: { time, store } }: Scenario): () => Promise<void> {
  const wait = time.engine.wait.bind(time.engine);
  let due: (() => void) | undefined;
  Object.assign(time.engine, { wait: ((duration, signal) => (duration === LEASE / 3 ? new Promise<void>((resolve) => (due = resolve)) : wait(duration, signal))) satisfies typeof wait });
  return async () => {
    const renewed = new Promise<void>((resolve) => meanwhile(store, 'after', 'renewLease', resolve));
    due!();
    await renewed;
    await new Promise((resolve) => setImmediate(resolve)); // until the next one waits
  };
}
