import { getAdapter, type AxiosAdapter } from 'axios';
import type { Store } from '../../src/store/store.ts';

/** Something that the sync does to the store or asks of a service. */
export interface Effect {
  /** A stage by its name, or `batches`, `inbox`, `start`. */
  readonly during: string;
  /** A method of the store, or method and path of a request. */
  readonly name: string;
  /** What a method of the store was given. */
  readonly parameters: readonly unknown[];
}

/** Where the process dies: before or after the `nth` effect that fits (the first unless given). */
export interface Place {
  readonly name: string;
  readonly when: 'before' | 'after';
  readonly nth?: number;
  fits(effect: Effect): boolean;
}

/** What becomes of the process at its place: it ends as by `kill -9`, or stands still until it is woken. */
export type Fate = 'SIGKILL' | 'SIGSTOP';

/** Ends (or stops) the process that it is in at its place. */
export class Death {
  readonly #place: Place | undefined;
  readonly #fate: Fate;
  #met = 0;
  /** What the process is doing. */
  during = 'start';

  constructor(place: Place | undefined, fate: Fate) {
    this.#place = place;
    this.#fate = fate;
  }

  /** The same store, whose calls may be the last. */
  in(store: Store): Store {
    return new Proxy(store, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        return (...parameters: readonly unknown[]) =>
          this.#around({ during: this.during, name: String(name), parameters }, () => Reflect.apply(value, target, parameters) as Promise<unknown>);
      },
    });
  }

  /** Real requests, each of which may be the last: before it is sent, or after its answer has come. */
  get adapter(): AxiosAdapter {
    const send = getAdapter('http');
    return (config) => this.#around({ during: this.during, name: `${(config.method ?? 'get').toUpperCase()} ${new URL(config.url ?? '').pathname}`, parameters: [] }, () => send(config));
  }

  async #around<Value>(effect: Effect, work: () => Promise<Value>): Promise<Value> {
    const dies = this.#place?.fits(effect) === true && ++this.#met === (this.#place.nth ?? 1);
    if (dies && this.#place?.when === 'before') process.kill(process.pid, this.#fate);
    const value = await work();
    if (dies) process.kill(process.pid, this.#fate);
    return value;
  }
}
