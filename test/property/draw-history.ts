import { Arbitrary, Stream, Value, type Random } from 'fast-check';

import { HUMAN_ACTS, PLAIN, type Action, type Control, type History, type HistoryOptions, type HumanAct } from './history.ts';
import type { ListOptions } from './settings.ts';

/** Histories, drawn by fast-check's chance; shrunk to simpler options and by leaving actions out, many at a time first. */
export const histories = (): Arbitrary<History> => new Histories();

class Histories extends Arbitrary<History> {
  override generate(random: Random): Value<History> {
    return new Value(new Draw(random).history(), undefined);
  }

  override canShrinkWithoutContext(value: unknown): value is History {
    return typeof value === 'object' && value !== null && 'actions' in value;
  }

  override shrink(history: History): Stream<Value<History>> {
    return Stream.of(...simpler(history)).map((smaller) => new Value(smaller, undefined));
  }
}

function* simpler(history: History): Generator<History> {
  const { options, actions } = history;
  for (let size = Math.ceil(actions.length / 2); ; size = Math.ceil(size / 2)) {
    for (let from = 0; from < actions.length; from += size) yield { options, actions: actions.toSpliced(from, size) };
    if (size <= 1) break;
  }
  for (const name of Object.keys(PLAIN) as (keyof HistoryOptions)[]) if (options[name] !== PLAIN[name]) yield { options: { ...options, [name]: PLAIN[name] }, actions };
}

/** Acts that most histories need. */
const COMMON: readonly HumanAct[] = ['subscribe', 'unsubscribe', 'add', 'remove'];
/** Acts of which a history has all or none, so that what belongs together comes together. */
const FAMILIES: readonly (readonly HumanAct[])[] = [
  ['begin', 'begin', 'commit', 'rollBack'],
  ['signUp', 'signUp', 'confirm'],
  ['optOut', 'optOut', 'mark', 'optIn'],
  ['trash', 'restore', 'deleteContact'],
  ['clean'],
];
const inFamily = new Set<HumanAct>(FAMILIES.flat().filter((act) => act !== 'trash'));

/** One drawing of a history. */
class Draw {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  history(): History {
    const options = this.#options();
    const acts = this.#acts(options);
    const people = this.#oneIn(2) ? 1 : this.#pick([1, 2, 3]);
    const addresses = this.#oneIn(3) ? 3 : 1;
    const pace = this.#pick([0, 0, 0, 1, 5, 40]); // seconds between acts: half of the histories have all in a few seconds
    const audience = (): readonly number[] => (options.audiences > 1 ? [this.#below(options.audiences)] : []);
    const human = (): Action => [this.#pick(acts), this.#below(people), this.#below(addresses), this.#below(100), ...audience()];
    const run = (): Action => ['run', this.#oneIn(4) ? 1 : 0, ...audience()];
    const actions: Action[] = [...this.#contactsAtFirst(people, options)];
    for (let left = this.#below(4); left > 0; left--) actions.push(human(), ['tick', pace || this.#below(5)]);
    if (!this.#oneIn(4)) actions.push(['tick', 5], ...Array.from({ length: options.audiences }, (_, which) => [['run', 1, which], ['finish']] as const).flat(), ['executeAll'], ['tick', 5], ['batches'], ['finish'], ['tick', this.#below(8)]);
    for (let left = 6 + this.#below(44); left > 0; left--) actions.push(...this.#next({ human, run }, pace));
    return { options, actions };
  }

  #options(): HistoryOptions {
    return {
      skew: this.#pick([0, 0, 1, -1, 25]),
      webhooks: !this.#oneIn(4),
      echo: this.#oneIn(3),
      share: this.#oneIn(2),
      atOnce: this.#oneIn(2),
      processes: this.#oneIn(3) ? 2 : 1,
      withData: !this.#oneIn(3),
      ownClock: this.#pick([0, 0, 0, 37, -37]),
      audiences: this.#oneIn(4) ? 2 : 1,
      ...this.#settings(),
    };
  }

  /** Half of the histories have the settings that an audience has by itself. */
  #settings(): ListOptions {
    const isPlain = this.#oneIn(2);
    const draw = <Value>(usual: Value, other: Value): Value => (!isPlain && this.#oneIn(3) ? other : usual);
    return {
      submitSingly: this.#pick([0, 0, 20]),
      optOut: draw('respect', 'ignore'),
      onContactDeleted: draw('unsubscribe', 'recreate'),
      onRemove: draw('unsubscribe', 'archive'),
      newMemberStatus: draw('subscribed', 'pending'),
      addressFollows: draw('owned', 'best'),
      onAddressChange: draw('rename', 'ignore'),
    };
  }

  /** Some acts only: a history of all of them rarely gets anywhere. */
  #acts({ share }: HistoryOptions): readonly HumanAct[] {
    const others = HUMAN_ACTS.filter((act) => !inFamily.has(act) && (share || act !== 'giveEmail'));
    const some = others.filter(() => this.#oneIn(3));
    const families = FAMILIES.filter(() => this.#oneIn(4)).flat();
    return [...COMMON.filter(() => !this.#oneIn(5)), 'subscribe', 'add', ...some, ...families, ...(share ? (['newContact', 'giveEmail', 'editEmail'] as const) : [])];
  }

  #contactsAtFirst(people: number, { share }: HistoryOptions): readonly Action[] {
    const made: Action[] = [];
    for (let person = 0; person < people; person++) {
      if (!this.#oneIn(4)) made.push(['newContact', person, 0, this.#below(100)]);
      if (!share || this.#oneIn(3)) continue;
      made.push(['newContact', person, 0, this.#below(100)]);
      if (this.#oneIn(2)) made.push(['add', person, this.#below(2), 0]);
    }
    return made;
  }

  #next({ human, run }: Readonly<Record<'human' | 'run', () => Action>>, pace: number): readonly Action[] {
    const kind = this.#weighted<'human' | Control>({ human: 32, tick: 14, run: 12, step: 13, finish: 4, crash: 4, deliver: 5, double: 1, lose: 1, inbox: 4, execute: 4, executeAll: 3, batches: 7, fault: 1, hours: 1 });
    switch (kind) {
      case 'human':
        return pace ? [['tick', pace], human()] : [human()];
      case 'tick':
        return [['tick', this.#pick([1, 1, 1, 2, 4, 9])]];
      case 'run':
        return [run(), ...(this.#oneIn(2) ? [['finish'] as const] : [])];
      case 'step':
        return [['step', this.#pick([1, 2, 3, 5, 8, 13, 21, 34, 55, 89]), this.#below(3)]];
      case 'deliver':
        return [['deliver', this.#below(9)], ...(this.#oneIn(2) ? [['inbox'] as const] : [])];
      case 'double':
      case 'lose':
        return [[kind, this.#below(9)]];
      case 'execute':
        return [['execute', this.#below(3), this.#below(5), this.#oneIn(3) ? 1 + this.#below(2) : 0]];
      case 'batches':
      case 'inbox':
        return [[kind], ...(this.#oneIn(2) ? [['finish'] as const] : [])];
      case 'fault':
        return [['fault', 1 + this.#below(6)]];
      case 'hours':
        return [['hours', 13]];
      case 'crash':
        return [['crash', this.#below(2), this.#oneIn(4) ? 1 : 0]];
      case 'executeAll':
      case 'finish':
        return [[kind]];
    }
  }

  #below(limit: number): number {
    return this.#random.nextInt(0, limit - 1);
  }

  #oneIn(times: number): boolean {
    return this.#below(times) === 0;
  }

  #pick<Item>(items: readonly Item[]): Item {
    return items[this.#below(items.length)]!;
  }

  #weighted<Name extends string>(weights: Readonly<Record<Name, number>>): Name {
    const names = Object.keys(weights) as Name[];
    let left = this.#below(names.reduce((sum, name) => sum + weights[name], 0));
    for (const name of names) if ((left -= weights[name]) < 0) return name;
    return names[0]!;
  }
}
