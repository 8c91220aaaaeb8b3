import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { systemClock, type Clock } from '../../src/base/clock.ts';
import { codeOf } from '../../src/base/errors.ts';
import { readSettings } from '../../src/settings/read-settings.ts';
import { startSimulators, type RunningSimulators } from '../../src/simulator/simulators.ts';
import type { RunMode, StageName } from '../../src/store/entities.ts';
import { openMysqlStore } from '../../src/store/mysql/mysql-store.ts';
import type { Store } from '../../src/store/store.ts';
import type { Engine } from '../../src/sync/engine.ts';
import { openEngine } from '../../src/sync/open-engine.ts';
import { STAGES } from '../../src/sync/stages.ts';
import { emptyDatabase } from '../support/mariadb.ts';
import { CuttingProxy } from './cutting-proxy.ts';
import { PREFIX } from './mysql-place.ts';

const NAMES = Object.keys(STAGES) as readonly StageName[];
/** The time between two attempts to connect is not waited for. */
const impatient: Clock = { ...systemClock, wait: async () => setImmediate() };
const never = new AbortController().signal;

/** A store before whose call number `at`, from the arming on, something happens. */
class Armed {
  #left = Infinity;
  #act: () => Promise<void> = () => Promise.resolve();
  struck = false;

  arm(at: number, act: () => Promise<void>): void {
    this.#left = at;
    this.#act = act;
    this.struck = false;
  }

  over(store: Store): Store {
    return new Proxy(store, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name);
        if (typeof member !== 'function') return member;
        return async (...given: unknown[]): Promise<unknown> => {
          this.#left -= 1;
          if (this.#left === 0) {
            this.struck = true;
            await this.#act();
          }
          return Reflect.apply(member, target, given) as unknown;
        };
      },
    });
  }
}

describe('MySQL store: the database goes away in the middle of a stage', () => {
  let simulators: RunningSimulators;
  let folder: string;
  let socket: string;
  let proxy: CuttingProxy;
  let url: string;
  const armed = new Armed();

  before(async function () {
    url = await emptyDatabase(this);
    folder = await mkdtemp(join(tmpdir(), 'mailchimpsync-stages-'));
    socket = new URL(url).searchParams.get('socket') ?? '';
    proxy = await CuttingProxy.open(socket, folder);
    simulators = await startSimulators({ people: 60 });
  });
  after(async () => {
    await proxy?.close();
    await simulators?.close();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  async function open(): Promise<Engine> {
    const store = await openMysqlStore({ url: url.replace(encodeURIComponent(socket), encodeURIComponent(proxy.socket)), tablePrefix: PREFIX, clock: impatient });
    return openEngine(readSettings(simulators.settings), { store: armed.over(store) });
  }

  /** A run from its start, or from where it stopped; before a stage something may be armed. */
  async function run(engine: Engine, mode: RunMode, before: (stage: StageName) => void = () => undefined): Promise<void> {
    const [list] = engine.settings.audiences.keys();
    const started = await engine.start(list!, { mode, since: null, withData: true, dryRun: false });
    assert.notEqual(started.kind, 'not_started');
    for (const stage of NAMES) {
      before(stage);
      await engine.runStage(stage, started.run!.id, { signal: never, last: stage === 'submit' });
    }
    while (((await engine.handleBatches({ signal: never }))['waiting'] ?? 0) > 0) simulators.mailchimp.batches.all().forEach(({ id }) => simulators.mailchimp.batches.finish(id));
  }

  for (const stage of NAMES)
    it(`${stage}: the run stops with a clear code, and the next one completes`, async function () {
      this.timeout(60_000);
      const engine = await open();
      const broken = run(engine, 'full', (next) => {
        if (next === stage) armed.arm(3, () => proxy.close());
      });
      await assert.rejects(broken, (error) => codeOf(error) === 'store_unavailable');
      assert.ok(armed.struck, 'the database did not go away in this stage');
      await engine.close().catch(() => undefined); // it cannot say goodbye to a database that is not there
      proxy = await CuttingProxy.open(socket, folder);
      const again = await open();
      await run(again, 'full');
      await again.close();
    });

  it('and all of them together leave every person as foretold, once', async () => {
    const engine = await open();
    for (const mode of ['full', 'incremental'] as const) await run(engine, mode);
    const [list] = engine.settings.audiences.keys();
    await engine.close();
    const store = await openMysqlStore({ url, tablePrefix: PREFIX });
    const failed = await store.rows({ listId: list!, after: null, limit: 1000, where: { kind: 'status', status: 'fail' } });
    const verdicts = simulators.judge(failed.map(({ email, contactId, failReason }) => ({ email, contactId, reason: failReason ?? 'other' })));
    assert.deepEqual(verdicts.filter(({ differences }) => differences.length > 0), []);
    await store.close();
  });
});
