import { codeOf } from '../../src/base/errors.ts';
import { readSettings } from '../../src/settings/read-settings.ts';
import type { StoreSettings } from '../../src/settings/settings.ts';
import { openStore } from '../../src/store/open-store.ts';
import { openEngine } from '../../src/sync/open-engine.ts';
import { Death, type Fate } from './deadly.ts';
import { hurried } from './hurried.ts';
import { IN_A_RUN, IN_THE_INBOX, SENDING_SINGLY } from './places.ts';
import { sync, type Job } from './sync.ts';

/** What the process is given as its only argument, as JSON. */
export interface Given {
  readonly settings: object;
  readonly store: StoreSettings;
  /** Name of the place where it dies; without one it lives. */
  readonly place?: string;
  /** SIGKILL unless given. */
  readonly fate?: Fate;
  readonly job: Job;
}

/** A process that syncs until it dies (or stops) at its place; it ends with code 0 when it gets through, else it tells why. */
const { settings, store: lies, place, fate = 'SIGKILL', job } = JSON.parse(process.argv[2] ?? '{}') as Given;
const found = [...Object.values(IN_A_RUN).flat(), ...SENDING_SINGLY, ...IN_THE_INBOX].find(({ name }) => name === place);
if (place !== undefined && !found) throw new Error(`there is no place "${place}"`);
const death = new Death(found, fate);
const store = await openStore(lies, { userDirectory: '' });
const engine = await openEngine(readSettings(settings, { env: {}, secrets: {} }), { store: death.in(store), adapter: death.adapter, clock: hurried() });
try {
  // What the first run decides anew is done by the second.
  for (let time = 0; time < 2; time++) await sync(engine, job, (during) => (death.during = during));
} catch (error) {
  process.stdout.write(`${codeOf(error)}\n`);
  process.exitCode = 1;
} finally {
  await engine.close();
}
