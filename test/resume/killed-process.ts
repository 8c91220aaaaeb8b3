import { readSettings } from '../../src/settings/read-settings.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { openEngine } from '../../src/sync/open-engine.ts';
import { Death } from './deadly.ts';
import { IN_A_RUN, IN_THE_INBOX, SENDING_SINGLY } from './places.ts';
import { sync, type Job } from './sync.ts';

/** What the process is given as its only argument, as JSON. */
export interface Given {
  readonly settings: object;
  readonly file: string;
  /** Name of the place where it dies; without one it lives. */
  readonly place?: string;
  readonly job: Job;
}

/** A process that syncs until it dies at its place; it ends with code 0 when it gets through. */
const { settings, file, place, job } = JSON.parse(process.argv[2] ?? '{}') as Given;
const found = [...IN_A_RUN, ...SENDING_SINGLY, ...IN_THE_INBOX].find(({ name }) => name === place);
if (place !== undefined && !found) throw new Error(`there is no place "${place}"`);
const death = new Death(found);
const store = await openSqliteStore(file);
const engine = await openEngine(readSettings(settings, { env: {}, secrets: {} }), { store: death.in(store), adapter: death.adapter });
await sync(engine, job, (during) => (death.during = during));
await engine.close();
