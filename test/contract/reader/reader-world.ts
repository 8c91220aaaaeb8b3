import type { Clock } from '../../../src/base/clock.ts';
import { contactId, groupId, type ContactId, type GroupId } from '../../../src/base/ids.ts';
import { createCivicrm } from '../../../src/civicrm/client.ts';
import type { CivicrmReader } from '../../../src/civicrm/reader.ts';
import type { CivicrmWriter } from '../../../src/civicrm/writer.ts';
import { ConnectionBudget } from '../../../src/http/budget.ts';
import type { CivicrmSettings } from '../../../src/settings/settings.ts';
import type { CivicrmActs } from '../../../src/simulator/civicrm/acts.ts';
import type { CivicrmSimulatorOptions } from '../../../src/simulator/civicrm/options.ts';
import type { RowMirror } from '../../../src/simulator/civicrm/row-mirror.ts';
import { CivicrmSimulator } from '../../../src/simulator/civicrm/simulator.ts';
import { SeededRandom } from '../../../src/simulator/seeded-random.ts';
import { evenRandom } from '../../support/fake-clock.ts';
import { inProcessAdapter } from '../../support/in-process-adapter.ts';
import { simulatedTime } from '../../support/simulated-time.ts';
import { KEY, settings } from '../../civicrm/site.ts';

export const START = Date.UTC(2026, 10, 24, 9);

/** How a site is read: by APIv4 alone, or from its database, which a mirror keeps. */
export interface ReaderPlace {
  readonly site: Partial<CivicrmSettings>;
  readonly mirror?: RowMirror;
  /** What happens each time the client waits. */
  readonly meanwhile?: () => Promise<void>;
  /** Ends what the place holds. */
  remove(): Promise<void>;
}

export type OpenPlace = (options?: WorldOptions) => Promise<ReaderPlace>;
export type WorldOptions = Partial<Omit<CivicrmSimulatorOptions, 'mirror'>>;

/** A simulated site with a newsletter, and its clients. */
export interface ReaderWorld {
  readonly simulator: CivicrmSimulator;
  readonly reader: CivicrmReader;
  readonly writer: CivicrmWriter;
  readonly time: ReturnType<typeof simulatedTime>;
  readonly newsletter: GroupId;
  readonly person: (firstName: string, email?: string) => ContactId;
  /** Somebody does something at the site; resolves when every reader can see it. */
  readonly happens: <Result>(act: (acts: CivicrmActs) => Result) => Promise<Result>;
  close(): Promise<void>;
}

/** Worlds of the running test, closed after it. To be called once in a `describe`. */
export function worldsOf(open: OpenPlace): (options?: WorldOptions) => Promise<ReaderWorld> {
  const worlds: ReaderWorld[] = [];
  afterEach(async () => {
    for (const world of worlds.splice(0)) await world.close();
  });
  return async (options = {}) => {
    const world = await openWorld(await open(options), options);
    worlds.push(world);
    return world;
  };
}

async function openWorld(place: ReaderPlace, options: WorldOptions): Promise<ReaderWorld> {
  const time = simulatedTime(START);
  const seeded = new SeededRandom(1);
  const simulator = new CivicrmSimulator({ clock: time.service, random: () => seeded.fraction(), apiKey: KEY, ...(place.mirror && { mirror: place.mirror }), ...options });
  const origin = 'http://127.0.0.1:8282';
  const adapter = inProcessAdapter(simulator, { now: () => time.service.now(), timedOut: (timeout) => time.service.advance(timeout) });
  const clock: Clock = {
    now: () => time.client.now(),
    wait: async (duration, signal) => {
      await time.client.wait(duration, signal);
      await place.meanwhile?.();
    },
  };
  const site = createCivicrm({ ...settings, url: origin, timezone: options.timezone ?? 'UTC', ...place.site }, { clock, random: evenRandom, adapter, budget: new ConnectionBudget(4) });
  const newsletter = groupId(simulator.acts.createGroup({ title: 'Newsletter' }));
  await place.mirror?.flushed();
  return {
    simulator,
    time,
    newsletter,
    reader: site.reader,
    writer: site.writer,
    person: (firstName, email) => contactId(simulator.acts.createContact({ firstName, lastName: 'Rubble', ...(email === undefined ? {} : { email }) })),
    happens: async (act) => {
      const result = act(simulator.acts);
      await place.mirror?.flushed();
      return result;
    },
    close: async () => {
      await site.close();
      await place.remove();
    },
  };
}

export const groupContact = (contact: ContactId, group: GroupId, status: 'Added' | 'Removed' = 'Added'): { contactId: ContactId; groupId: GroupId; status: 'Added' | 'Removed' } => ({ contactId: contact, groupId: group, status });
