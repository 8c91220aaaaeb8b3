/**
 * The clock of both simulated services: drives `Date` headers, `last_changed`, history dates and the life of URLs.
 * Runs with the machine's time plus an offset, or stands still when frozen. Milliseconds, UTC.
 */
export class SimulatorClock {
  #offset = 0;
  #frozen: number | null = null;

  now(): number {
    return this.#frozen ?? Date.now() + this.#offset;
  }

  /** Sets the time; a frozen clock stays frozen. */
  set(to: number): void {
    if (this.#frozen === null) this.#offset = to - Date.now();
    else this.#frozen = to;
  }

  freeze(at: number = this.now()): void {
    this.#frozen = at;
  }

  /** Runs on from where it stands. */
  run(): void {
    if (this.#frozen === null) return;
    this.#offset = this.#frozen - Date.now();
    this.#frozen = null;
  }

  advance(by: number): void {
    this.set(this.now() + by);
  }

  save(): { offset: number; frozen: number | null } {
    return { offset: this.#offset, frozen: this.#frozen };
  }

  load(saved: { offset: number; frozen: number | null }): void {
    this.#offset = saved.offset;
    this.#frozen = saved.frozen;
  }
}
