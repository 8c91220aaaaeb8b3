import { SeededRandom } from '../seeded-random.ts';
import { everyKind } from './kinds/every-kind.ts';
import { inStep } from './kinds/agreeing.ts';
import { bearer, otherFirstName, type Name } from './names.ts';
import type { Kind, Moment, Moments, PersonMaker, PersonPlan } from './person.ts';

export interface PeopleOptions {
  /** How many people; a household of several contacts at one address counts as one. */
  readonly people: number;
  readonly seed: number;
  /** The past ends a day before. Milliseconds UTC. */
  readonly now: Moment;
}

/** A person of a kind, with a name. */
export interface NamedPerson extends Name {
  readonly kind: Kind;
  readonly plan: PersonPlan;
}

const DAY = 86_400_000;
/** How far back the past reaches, in ms. */
export const PAST = 730 * DAY;
/** What is left to people who are in step once each kind has its one. */
const IN_STEP = 0.7;
/** From here on every kind is there. */
const EVERY_KIND_FROM = 100;

/** The people, in an order by chance. The same options make the same people. */
export function generatePeople({ people, seed, now }: PeopleOptions): NamedPerson[] {
  const random = new SeededRandom(seed);
  return random.shuffled(kindsOf(people)).map((kind, index) => named(kind, index + 1, random, now));
}

/**
 * How many people there are of each kind: equally many of each, 30 % of all together, or one where that is more;
 * below 100 people one of each of the first kinds, up to 60 % of all. The rest is in step.
 */
export function countsByKind(people: number): ReadonlyMap<Kind, number> {
  const share = Math.floor(((1 - IN_STEP) * people) / everyKind.length);
  const kinds = people < EVERY_KIND_FROM ? everyKind.slice(0, Math.floor(people * 0.6)) : everyKind;
  const counts = new Map(kinds.map((kind) => [kind, Math.max(1, share)]));
  return counts.set(inStep, people - kinds.length * Math.max(1, share));
}

const kindsOf = (people: number): Kind[] => [...countsByKind(people)].flatMap(([kind, count]) => Array.from({ length: count }, () => kind));

function named(kind: Kind, number: number, random: SeededRandom, now: Moment): NamedPerson {
  const { firstName, lastName, address } = bearer(random, number);
  const maker: PersonMaker = {
    address,
    fakeAddress: () => address().replace(/@.*/, '@example.com'),
    moments: (count) => momentsOf(count, random, now),
    otherName: () => otherFirstName(random, firstName),
    chance: (share) => random.fraction() < share,
  };
  return { firstName, lastName, kind, plan: kind.make(maker) };
}

/** One moment in each of so many equal stretches of the past, in whole seconds, a day of silence after each stretch. */
function momentsOf<Count extends keyof Moments>(count: Count, random: SeededRandom, now: Moment): Moments[Count] {
  const stretch = PAST / count;
  const moments = Array.from({ length: count }, (_, index) => {
    const from = now - PAST + index * stretch;
    return Math.floor((from + random.fraction() * (stretch - DAY)) / 1000) * 1000;
  });
  return moments as unknown as Moments[Count];
}
