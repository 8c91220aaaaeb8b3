import { SyncError } from '../../src/base/errors.ts';
import type { Engine } from '../../src/sync/engine.ts';

/** One engine for all nodes of a configuration: opened with the first work, closed when nothing works any more. */
export class SharedEngine {
  readonly #open: () => Promise<Engine>;
  readonly #closing = new AbortController();
  readonly #running = new Set<Promise<unknown>>();
  #engine: Promise<Engine> | null = null;

  constructor(open: () => Promise<Engine>) {
    this.#open = open;
  }

  /** Works with the engine; its signal aborts with the caller's or with `close`. Throws `aborted` once closed. */
  async work<Result>(signal: AbortSignal, action: (engine: Engine, signal: AbortSignal) => Promise<Result>): Promise<Result> {
    this.#closing.signal.throwIfAborted();
    const running = this.#run(AbortSignal.any([signal, this.#closing.signal]), action);
    this.#running.add(running);
    try {
      return await running;
    } finally {
      this.#running.delete(running);
    }
  }

  /** Aborts what runs, waits for it and closes the engine. */
  async close(): Promise<void> {
    this.#closing.abort(new SyncError('aborted', 'The configuration was closed; the run goes on from here when it is started again.'));
    await Promise.allSettled(this.#running);
    const engine = await this.#engine;
    await engine?.close();
  }

  async #run<Result>(signal: AbortSignal, action: (engine: Engine, signal: AbortSignal) => Promise<Result>): Promise<Result> {
    const engine = await this.#opened();
    signal.throwIfAborted();
    return action(engine, signal);
  }

  /** What could not be opened is tried again with the next work. */
  async #opened(): Promise<Engine> {
    this.#engine ??= this.#open();
    try {
      return await this.#engine;
    } catch (error) {
      this.#engine = null;
      throw error;
    }
  }
}
