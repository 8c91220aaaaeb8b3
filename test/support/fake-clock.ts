import type { Clock, Duration, Instant } from '../../src/base/clock.ts';

/** A clock that stands still and moves on by what is waited for, at once. */
export class FakeClock implements Clock {
  #now: Instant;
  /** Every wait so far, in ms. */
  readonly waits: Duration[] = [];

  constructor(start: Instant = Date.UTC(2026, 10, 24, 9, 0, 0)) {
    this.#now = start;
  }

  now(): Instant {
    return this.#now;
  }

  advance(by: Duration): void {
    this.#now += by;
  }

  async wait(duration: Duration, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.waits.push(duration);
    this.#now += duration;
  }
}

/** Chance that is always the same. */
export const evenRandom = { fraction: () => 0.5, token: (bytes: number) => 'ab'.repeat(bytes) };
