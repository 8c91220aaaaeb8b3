/** Saving again after it failed, in ms. */
const AGAIN = 1000;

/**
 * Calls `save` soon after a change, and so seldom that saving takes at most about a tenth of the time:
 * writing a large state must not starve the service that it belongs to.
 */
export class Saver {
  readonly #save: () => void;
  readonly #delay: number;
  #timer: NodeJS.Timeout | null = null;
  #lastTook = 0;
  #closed = false;

  /** `delay`: milliseconds from a change to its saving, at least. */
  constructor(save: () => void, delay = 250) {
    this.#save = save;
    this.#delay = delay;
  }

  /** Something changed: it is saved soon. A save that fails (a full disk) is said and tried again. */
  changed(): void {
    if (!this.#closed) this.#schedule(Math.max(this.#delay, 9 * this.#lastTook));
  }

  /** Saves now what has changed since the last saving; throws when that fails. */
  flush(): void {
    if (this.#timer === null) return;
    clearTimeout(this.#timer);
    this.#timer = null;
    const began = performance.now();
    this.#save();
    this.#lastTook = performance.now() - began;
  }

  /** Saves for the last time; changes that come later are lost. */
  close(): void {
    this.#closed = true;
    this.flush();
  }

  #schedule(delay: number): void {
    this.#timer ??= setTimeout(() => {
      try {
        this.flush();
      } catch (error) {
        process.stderr.write(`simulator: the state could not be saved: ${error instanceof Error ? error.message : String(error)}\n`);
        this.#schedule(AGAIN);
      }
    }, delay);
  }
}
