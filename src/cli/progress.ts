import { SECOND, systemClock } from '../base/clock.ts';
import type { Clock, Duration, Instant } from '../base/clock.ts';

/** Where progress is written: standard output. */
export interface Output {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Where nobody sees a line being rewritten, progress within one step is told so often. */
const INTERVAL: Duration = 5 * SECOND;
const CLEAR_LINE = '\r\u001b[2K';

/**
 * What is happening, for people: lines that stay, and below them one that is rewritten in place. Where the output is no
 * terminal, that one becomes a line now and then.
 */
export class Progress {
  readonly #output: Output;
  readonly #clock: Clock;
  #live = '';
  #step = '';
  #toldAt: Instant = Number.NEGATIVE_INFINITY;
  #problem = '';

  constructor(output: Output, clock: Clock = systemClock) {
    this.#output = output;
    this.#clock = clock;
  }

  /** A line that stays. */
  line(text: string): void {
    this.#output.write(this.#output.isTTY ? `${CLEAR_LINE}${text}\n${this.#live}` : `${text}\n`);
  }

  /** How far a step is. */
  step(step: string, text: string): void {
    const shown = `${step}: ${text}`;
    if (this.#output.isTTY) {
      this.#live = shown;
      this.#output.write(`${CLEAR_LINE}${shown}`);
      return;
    }
    const now = this.#clock.now();
    if (step === this.#step && now - this.#toldAt < INTERVAL) return;
    this.#step = step;
    this.#toldAt = now;
    this.#output.write(`${shown}\n`);
  }

  /** A warning or an error; the same one again and again is told once. */
  problem(text: string): void {
    if (text === this.#problem) return;
    this.#problem = text;
    this.line(text);
  }

  /** Takes the rewritten line away. */
  clear(): void {
    if (this.#output.isTTY && this.#live !== '') this.#output.write(CLEAR_LINE);
    this.#live = '';
  }
}
