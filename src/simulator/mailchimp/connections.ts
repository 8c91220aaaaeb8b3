import type { SimulatorClock } from '../clock.ts';
import { SECOND } from './instants.ts';

/** Simultaneous requests of one user, all keys together (documented). */
const mostConnections = 10;
/** The service gives a request up after this, and until then it holds its connection (documented). */
const serverTimeout = 120 * SECOND;

/** The connections of the account's user. */
export class Connections {
  readonly #clock: SimulatorClock;
  #open = 0;
  #hanging: number[] = [];

  constructor(clock: SimulatorClock) {
    this.#clock = clock;
  }

  /** Takes a connection; false when all are taken. */
  take(): boolean {
    this.#hanging = this.#hanging.filter((until) => until > this.#clock.now());
    if (this.#open + this.#hanging.length >= mostConnections) return false;
    this.#open++;
    return true;
  }

  free(): void {
    this.#open--;
  }

  /** The request that had it will never be answered. */
  leaveHanging(): void {
    this.#open--;
    this.#hanging.push(this.#clock.now() + serverTimeout);
  }
}
