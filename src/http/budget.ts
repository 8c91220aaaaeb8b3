import { createHash } from 'node:crypto';

/** A connection that may be used until it is given back, once, with what became of its request. */
export interface Slot {
  release(outcome: 'served' | 'overloaded'): void;
}

interface Waiter {
  readonly start: () => void;
  readonly signal: AbortSignal | undefined;
}

/** So many answers in a row, counted in full rounds of the present limit, let the limit grow by one. */
const ROUNDS_TO_GROW = 4;

/**
 * How many requests may be on their way at the same time. Halves when the service says that it is overloaded (once for
 * all requests that were under way then) and grows by one after some rounds of answers, up to `most`. First come, first served.
 */
export class ConnectionBudget {
  #most: number;
  #limit: number;
  #used = 0;
  #servedInARow = 0;
  /** Number of the latest cut: what started before it says nothing about the smaller limit. */
  #cut = 0;
  readonly #waiting: Waiter[] = [];

  constructor(most: number) {
    this.#most = most;
    this.#limit = most;
  }

  get limit(): number {
    return this.#limit;
  }

  get used(): number {
    return this.#used;
  }

  /** Sets how far the limit may grow. */
  allow(most: number): void {
    if (most === this.#most) return;
    this.#most = most;
    this.#limit = most;
    this.#startWaiting();
  }

  /** Waits for a free connection. Rejects with the signal's reason when aborted while waiting. */
  acquire(signal?: AbortSignal): Promise<Slot> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(signal.reason);
      const stop = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(waiter), 1);
        reject(signal?.reason);
      };
      const waiter: Waiter = {
        signal,
        start: () => {
          signal?.removeEventListener('abort', stop);
          resolve(this.#take());
        },
      };
      signal?.addEventListener('abort', stop, { once: true });
      this.#waiting.push(waiter);
      this.#startWaiting();
    });
  }

  #take(): Slot {
    this.#used += 1;
    const cutAtStart = this.#cut;
    let held = true;
    return {
      release: (outcome) => {
        if (!held) return;
        held = false;
        this.#used -= 1;
        if (outcome === 'overloaded') this.#shrink(cutAtStart);
        else this.#served();
        this.#startWaiting();
      },
    };
  }

  #shrink(cutAtStart: number): void {
    this.#servedInARow = 0;
    if (cutAtStart !== this.#cut) return;
    this.#cut += 1;
    this.#limit = Math.max(1, Math.floor(this.#limit / 2));
  }

  #served(): void {
    if (this.#limit >= this.#most) return;
    this.#servedInARow += 1;
    if (this.#servedInARow < this.#limit * ROUNDS_TO_GROW) return;
    this.#servedInARow = 0;
    this.#limit += 1;
  }

  #startWaiting(): void {
    while (this.#used < this.#limit) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      next.start();
    }
  }
}

const shared = new Map<string, ConnectionBudget>();

/**
 * The budget that everything in this process shares that talks to one service as one user.
 * Known by a digest, so that no list of keys lies about in memory.
 */
export function sharedBudget(service: string, key: string, most: number): ConnectionBudget {
  const name = createHash('sha256').update(JSON.stringify([service, key])).digest('hex');
  const budget = shared.get(name) ?? new ConnectionBudget(most);
  shared.set(name, budget);
  budget.allow(most);
  return budget;
}
