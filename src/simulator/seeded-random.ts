/** Chance that repeats itself: the same seed gives the same numbers, on every machine. */
export class SeededRandom {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** Where it stands, to go on from there after a restart. */
  save(): number {
    return this.#state;
  }

  load(state: number): void {
    this.#state = state >>> 0;
  }

  /** From 0 (inclusive) to 1 (exclusive): a Weyl sequence, scrambled by two multiplications. */
  fraction(): number {
    this.#state = (this.#state + 0x9e3779b9) >>> 0;
    let bits = this.#state;
    bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
    bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
    return ((bits ^ (bits >>> 16)) >>> 0) / 2 ** 32;
  }

  /** A whole number from 0 to `below` − 1. */
  below(below: number): number {
    return Math.floor(this.fraction() * below);
  }

  /** One of at least one item. */
  pick<Item>(items: readonly Item[]): Item {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new RangeError('there is nothing to pick from');
    return item;
  }

  shuffled<Item>(items: readonly Item[]): Item[] {
    return items
      .map((item) => ({ item, order: this.fraction() }))
      .sort((one, other) => one.order - other.order)
      .map(({ item }) => item);
  }
}
