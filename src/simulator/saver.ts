/**
 * Calls `save` soon after a change, never twice at once, and so seldom that saving takes at most about a tenth of the time:
 * writing a large state must not starve the service that it belongs to.
 */
export class Saver {
  readonly #save: () => void;
  readonly #delay: number;
  #timer: NodeJS.Timeout | null = null;
  #lastTook = 0;

  /** `delay`: milliseconds from a change to its saving, at least. */
  constructor(save: () => void, delay = 250) {
    this.#save = save;
    this.#delay = delay;
  }

  /** Something changed: it is saved soon. */
  changed(): void {
    this.#timer ??= setTimeout(() => this.flush(), Math.max(this.#delay, 9 * this.#lastTook));
  }

  /** Saves now what has changed since the last saving. */
  flush(): void {
    if (this.#timer === null) return;
    clearTimeout(this.#timer);
    this.#timer = null;
    const began = performance.now();
    this.#save();
    this.#lastTook = performance.now() - began;
  }
}
