import { SECOND, type Clock, type Duration, type Instant } from '../base/clock.ts';

/** A service's clock beside ours, as its `Date` headers show it. */
export class ServiceClock {
  readonly #clock: Clock;
  #offset: Duration = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The service's clock less ours, from the latest `Date` header; 0 before the first. */
  get offset(): Duration {
    return this.#offset;
  }

  /** The service's time now, to the second that its header shows. */
  now(): Instant {
    return Math.floor((this.#clock.now() + this.#offset) / SECOND) * SECOND;
  }

  /**
   * Takes note of an answer that has just come.
   * @returns when it was served, by the service's clock; by ours, less the known offset, when it does not say.
   */
  note(dateHeader: string | null, sentAt: Instant): Instant {
    const receivedAt = this.#clock.now();
    const servedAt = Date.parse(dateHeader ?? '');
    if (Number.isNaN(servedAt)) return receivedAt + this.#offset;
    // The header has whole seconds and was written between sending and receiving: the offset lies in this range.
    const least = servedAt - receivedAt;
    const most = servedAt + SECOND - 1 - sentAt;
    this.#offset = least <= 0 && most >= 0 ? 0 : Math.round((least + most) / 2);
    return servedAt;
  }
}
