import { AsyncLocalStorage } from 'node:async_hooks';

import type { Audience } from './audience.ts';

/** What a job is stopped with: its process has died. */
export class Crash extends Error {
  constructor() {
    super('the process has died');
  }
}

/** Stops a job before each of its effects, until it is let through. */
class Gate {
  readonly #held: { readonly pass: () => void; readonly die: (crash: Crash) => void }[] = [];
  #arrival: (() => void) | null = null;
  #state: 'shut' | 'open' | 'dead' = 'shut';

  async enter(): Promise<void> {
    if (this.#state === 'dead') throw new Crash();
    if (this.#state === 'open') return;
    const held = new Promise<void>((pass, die) => this.#held.push({ pass, die }));
    this.#arrival?.();
    await held;
  }

  /** Resolves when an effect is held up. */
  arrival(): Promise<void> {
    return this.#held.length > 0 ? Promise.resolve() : new Promise((resolve) => (this.#arrival = resolve));
  }

  letOne(): void {
    this.#held.shift()?.pass();
  }

  open(): void {
    this.#state = 'open';
    for (const { pass } of this.#held.splice(0)) pass();
  }

  kill(): void {
    this.#state = 'dead';
    for (const { die } of this.#held.splice(0)) die(new Crash());
  }
}

/** Work of the engine that can be held between any two of its effects: calls of the store and requests to the services. */
export class Job {
  readonly name: string;
  /** Which process it runs in. */
  readonly process: number;
  /** Whose run it is; null: it is none. */
  readonly audience: Audience | null;
  /** How much the truth knew when it began. */
  readonly began: number;
  readonly #gate = new Gate();
  readonly #ended: Promise<void>;
  #isOver = false;
  /** What it failed with. */
  failure: Error | null = null;

  constructor({ name, process, audience, began }: Pick<Job, 'name' | 'process' | 'audience' | 'began'>, work: () => Promise<void>) {
    this.name = name;
    this.process = process;
    this.audience = audience;
    this.began = began;
    this.#ended = current.run(this, () => this.#run(work));
  }

  async #run(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.failure = error instanceof Error ? error : new Error('a job threw what is no error', { cause: error });
    } finally {
      this.#isOver = true;
    }
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Lets so many effects happen, one after the other. */
  async step(effects: number): Promise<void> {
    for (let done = 0; done < effects && !this.#isOver; done++) {
      await Promise.race([this.#gate.arrival(), this.#ended]);
      this.#gate.letOne();
      await Promise.race([this.#gate.arrival(), this.#ended]);
    }
  }

  async finish(): Promise<void> {
    this.#gate.open();
    await this.#ended;
  }

  /** From now on none of its effects happens. */
  async kill(): Promise<void> {
    this.#gate.kill();
    await this.#ended;
  }

  enter(): Promise<void> {
    return this.#gate.enter();
  }
}

const current = new AsyncLocalStorage<Job>();

/** The job whose effect this is; undefined outside of any. */
export const currentJob = (): Job | undefined => current.getStore();
