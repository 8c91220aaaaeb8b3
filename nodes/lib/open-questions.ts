import { randomUUID } from 'node:crypto';
import { type Clock, type Duration, systemClock } from '../../src/base/clock.ts';
import { SyncError } from '../../src/base/errors.ts';

interface Question {
  readonly take: (answer: unknown) => void;
  readonly fail: (error: unknown) => void;
}

/**
 * Questions that went into a flow as messages and wait for the message that brings the answer back, known by an id that
 * travels in it. The node that asks and the node that the answer comes to have nothing else in common.
 */
export class OpenQuestions {
  readonly #open = new Map<string, Question>();
  readonly #clock: Clock;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
  }

  /**
   * Opens a question and has it asked. Resolves with what `read` makes of the answer. Rejects with what `read` throws, with
   * `hook_silent` when no answer comes in time, with what `fail` was told, and with the reason of `signal`.
   */
  async ask<Answer>(ask: (id: string) => void, { read, patience, signal, name }: { readonly read: (answer: unknown) => Answer; readonly patience: Duration; readonly signal: AbortSignal; readonly name: string }): Promise<Answer> {
    signal.throwIfAborted();
    const id = randomUUID();
    const closed = new AbortController();
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const stop = (): void => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    this.#open.set(id, {
      take: (answer) => {
        try {
          resolve(read(answer));
        } catch (error) {
          reject(error);
          throw error;
        }
      },
      fail: reject,
    });
    void this.#clock.wait(patience, closed.signal).then(
      () => reject(new SyncError('hook_silent', `The hook "${name}" did not give its rows back within ${patience / 1000} seconds. See that every way through its branch ends in a hook return node, or give it more time.`)),
      () => undefined, // answered before
    );
    try {
      ask(id);
      return await promise;
    } finally {
      this.#open.delete(id);
      signal.removeEventListener('abort', stop);
      closed.abort();
    }
  }

  /** Brings an answer. Throws `hook_unknown` when nobody waits for it, and what is wrong with it. */
  answer(id: string, answer: unknown): void {
    this.#close(id).take(answer);
  }

  /** Says that no answer will come, and why. Throws `hook_unknown` when nobody waits for it. */
  fail(id: string, why: string): void {
    this.#close(id).fail(new SyncError('hook_failed', `The hook failed on its way: ${why}`));
  }

  #close(id: string): Question {
    const question = this.#open.get(id);
    if (!question) throw new SyncError('hook_unknown', 'Nobody waits for these rows: they were given back before, came after the time was over, or their run has ended.');
    this.#open.delete(id);
    return question;
  }
}

/** The questions of all data hooks nodes of this Node-RED. */
export const openQuestions = new OpenQuestions();
