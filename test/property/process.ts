import { SECOND, type Clock } from '../../src/base/clock.ts';
import type { Random } from '../../src/base/random.ts';
import { SeededRandom } from '../../src/simulator/seeded-random.ts';
import type { SimulatedRequest, SimulatedService } from '../../src/simulator/service.ts';
import type { Engine } from '../../src/sync/engine.ts';
import { openEngine } from '../../src/sync/open-engine.ts';
import { LEASE } from '../../src/sync/stage.ts';
import { inProcessAdapter } from '../support/in-process-adapter.ts';
import type { HistoryOptions } from './history.ts';
import { currentJob } from './jobs.ts';
import { retell } from './retell.ts';
import { CIVICRM, MAILCHIMP, settingsWith } from './settings.ts';
import type { SyncStore } from './sync-store.ts';
import type { Watch } from './watch.ts';
import type { World } from './world.ts';

/** Chance of all engines of a history. */
export const seeded = (): Random => {
  const random = new SeededRandom(7);
  return { fraction: () => random.fraction(), token: (bytes) => Array.from({ length: bytes }, () => random.below(256).toString(16).padStart(2, '0')).join('') };
};

export interface ProcessEnvironment {
  readonly world: World;
  readonly watch: Watch;
  readonly store: SyncStore;
  readonly options: HistoryOptions;
  readonly random: Random;
}

/** Waits at the gate of the job whose effect this is. */
const enter = async (): Promise<void> => currentJob()?.enter();

/** An engine as one process has it: each effect of a job goes through the job's gate. */
export function startProcess({ world, watch, store, options, random }: ProcessEnvironment): Promise<Engine> {
  const wrote = (request: SimulatedRequest, status: string): void => {
    watch.writes += 1;
    world.tell(`   ${retell(world, request)} -> ${status}`);
  };
  const services = new Map<string, SimulatedService>([
    [
      MAILCHIMP,
      gated(world.mailchimp, (request, status) => {
        if (request.method === 'GET') return;
        wrote(request, status);
        watch.mailchimp();
      }),
    ],
    [
      CIVICRM,
      gated(world.civicrm, (request, status) => {
        if (READS.test(request.path)) return;
        wrote(request, status);
        watch.civicrm(currentJob());
      }),
    ],
  ]);
  return openEngine(settingsWith(options), {
    store: store.opened(enter),
    clock: clockOf(world, options.ownClock * SECOND),
    random,
    adapter: inProcessAdapter(services, { now: () => world.clock.now() }),
  });
}

/** Calls of `get…`, and requests of several calls, which the product makes for reading only. */
const READS = /\/(get\w*|api4\/?)$/;

function gated(service: SimulatedService, after: (request: SimulatedRequest, status: string) => void): SimulatedService {
  return {
    handle: async (request) => {
      await enter();
      const ending = await service.handle(request);
      after(request, 'failure' in ending ? ending.failure : String(ending.status));
      return ending;
    },
    save: () => service.save(),
    load: (state) => service.load(state),
  };
}

/** The sync's own clock, which may be wrong. A lease's renewal waits for a time that never comes; other waits pass at once. */
function clockOf(world: World, wrong: number): Clock {
  return {
    now: () => world.clock.now() + wrong,
    wait: (duration, signal) => {
      if (duration < LEASE / 3) return Promise.resolve();
      return new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason), { once: true }));
    },
  };
}
