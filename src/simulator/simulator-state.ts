import type { SimulatorClock } from './clock.ts';
import type { Expectation } from './people/expectation.ts';
import { populate } from './people/populate.ts';
import { Saver } from './saver.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { CivicrmSimulator, MailchimpSimulator } from './simulated-services.ts';
import { StateDirectory } from './state-directory.ts';
import { setUpWorld } from './world.ts';

/** What has a state. */
export interface StatefulParts {
  readonly clock: SimulatorClock;
  readonly random: SeededRandom;
  readonly mailchimp: MailchimpSimulator;
  readonly civicrm: CivicrmSimulator;
}

export interface StateOptions {
  readonly directory: string | undefined;
  readonly people: number | undefined;
  readonly seed: number | undefined;
  readonly timezone: string | undefined;
}

/** The parts' state as it goes on, kept in a directory if there is one. */
export interface SimulatorState {
  /** Null: it went on from where it was; else why it was made afresh. */
  readonly fresh: string | null;
  readonly expectations: readonly Expectation[];
  /** Zone of the site, as the settings are to say. */
  readonly timezone: string;
  /** Something may have changed: it is saved soon. */
  changed(): void;
  /** The same, and others were told: until it is saved, the saved state is none to go on from. */
  told(): void;
  /** Saves what has changed since. */
  close(): void;
}

/** Raised whenever an older state can no longer be read. */
const VERSION = 3;
const UTC = 'UTC';
const STATE = 'simulators.json';
const PEOPLE = 'people.json';
/** There while something that was answered is not saved yet. */
const UNSAVED = 'unsaved';

/** What the state was made from; kept in both files, which belong together only if they agree. */
interface Origin {
  readonly version: number;
  readonly people: number;
  readonly seed: number;
  /** Milliseconds UTC. */
  readonly madeAt: number;
}

interface SavedState {
  readonly origin: Origin;
  readonly clock: { readonly offset: number; readonly frozen: number | null };
  readonly random: number;
  readonly timezone: string;
  readonly mailchimp: unknown;
  readonly civicrm: unknown;
}

interface SavedPeople {
  readonly origin: Origin;
  readonly expectations: readonly Expectation[];
}

/** Goes on from the saved state, or makes the world and its people afresh where there is none that fits the options. */
export function openState(parts: StatefulParts, options: StateOptions): SimulatorState {
  if (options.directory === undefined) return notKept(parts, options);
  const directory = new StateDirectory(options.directory);
  // These files are this process's own: what they hold is taken as it was written.
  const saved = directory.read(STATE) as SavedState | undefined;
  const people = directory.read(PEOPLE) as SavedPeople | undefined;
  const fresh = whyFresh(saved, people, options);
  if (fresh !== null || saved === undefined || people === undefined) return made(parts, directory, options, fresh ?? '');
  if (directory.isMarked(UNSAVED)) {
    const { people: count, seed } = saved.origin;
    return made(parts, directory, { directory: options.directory, people: count, seed, timezone: options.timezone ?? saved.timezone }, 'it was killed before it had saved what it had answered');
  }
  parts.clock.load(saved.clock);
  parts.random.load(saved.random);
  parts.mailchimp.load(saved.mailchimp);
  parts.civicrm.load(saved.civicrm);
  if (options.timezone !== undefined) parts.civicrm.setTimezone(options.timezone);
  const { origin, timezone } = saved;
  return kept(parts, directory, origin, { fresh: null, expectations: people.expectations, timezone: options.timezone ?? timezone });
}

function whyFresh(saved: SavedState | undefined, people: SavedPeople | undefined, options: StateOptions): string | null {
  if (saved === undefined || people === undefined) return 'there was none';
  const { origin } = saved;
  if (origin.version !== VERSION) return 'it was made by another version';
  if (origin.madeAt !== people.origin.madeAt) return 'its making was cut short';
  if (options.people !== undefined && options.people !== origin.people) return `it was made for ${origin.people} people, not for ${options.people}`;
  if (options.seed !== undefined && options.seed !== origin.seed) return `it was made with seed ${origin.seed}, not with ${options.seed}`;
  return null;
}

const originOf = ({ clock }: StatefulParts, { people = 0, seed = 1 }: StateOptions): Origin => ({ version: VERSION, people, seed, madeAt: clock.now() });

function makeWorld({ mailchimp, civicrm }: StatefulParts, origin: Origin, timezone: string): Expectation[] {
  civicrm.setTimezone(timezone);
  setUpWorld(mailchimp, civicrm);
  return populate(mailchimp, civicrm, { people: origin.people, seed: origin.seed, now: origin.madeAt });
}

function notKept(parts: StatefulParts, options: StateOptions): SimulatorState {
  const origin = originOf(parts, options);
  const { timezone = UTC } = options;
  return { fresh: 'it is not kept', expectations: makeWorld(parts, origin, timezone), timezone, changed: () => {}, told: () => {}, close: () => {} };
}

function made(parts: StatefulParts, directory: StateDirectory, options: StateOptions, fresh: string): SimulatorState {
  const origin = originOf(parts, options);
  const { timezone = UTC } = options;
  const expectations = makeWorld(parts, origin, timezone);
  directory.write(PEOPLE, { origin, expectations } satisfies SavedPeople);
  directory.unmark(UNSAVED);
  return kept(parts, directory, origin, { fresh, expectations, timezone });
}

function kept(parts: StatefulParts, directory: StateDirectory, origin: Origin, what: Omit<SimulatorState, 'changed' | 'told' | 'close'>): SimulatorState {
  // Services do not forget: a state that is older than what was answered is none to go on from.
  let marked = directory.isMarked(UNSAVED);
  let closed = false;
  const saver = new Saver(() => {
    const { clock, random, mailchimp, civicrm } = parts;
    directory.write(STATE, { origin, clock: clock.save(), random: random.save(), timezone: what.timezone, mailchimp: mailchimp.save(), civicrm: civicrm.save() } satisfies SavedState);
    directory.unmark(UNSAVED);
    marked = false;
  });
  return {
    ...what,
    changed: () => saver.changed(),
    told: () => {
      if (!marked && !closed) directory.mark(UNSAVED);
      marked = true;
      saver.changed();
    },
    close: () => {
      closed = true;
      saver.close();
    },
  };
}
