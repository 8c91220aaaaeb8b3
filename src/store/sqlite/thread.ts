import { Worker } from 'node:worker_threads';
import { SyncError, type ErrorCode } from '../../base/errors.ts';
import type { WorkerCalls } from './methods.ts';

/** A call as it goes to the worker thread. */
export interface Call {
  readonly id: number;
  readonly method: keyof WorkerCalls;
  readonly parameters: readonly unknown[];
}

/** What the worker answers to a call. */
export type Answer =
  | { readonly id: number; readonly kind: 'done'; readonly value: unknown }
  | { readonly id: number; readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string };

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: SyncError) => void;
}

/** The main thread's end of a worker thread: sends calls, which it works off in order, and matches their answers. */
export class StoreThread {
  readonly #worker: Worker;
  readonly #file: string;
  readonly #waiting = new Map<number, Waiting>();
  readonly #exit: Promise<void>;
  #calls = 0;
  /** Why nothing can be asked any more. */
  #over: SyncError | null = null;

  constructor(script: URL, file: string) {
    this.#file = file;
    // Without the program's own flags, some of which no worker takes (--input-type).
    this.#worker = new Worker(script, { name: 'mailchimpsync store', execArgv: [] });
    this.#worker.on('message', (answer: Answer) => this.#settle(answer));
    this.#worker.on('error', (error: unknown) => this.#end(`its thread died: ${error instanceof Error ? error.message : String(error)}`));
    this.#exit = new Promise((resolve) => {
      this.#worker.once('exit', (code) => {
        this.#end(`its thread ended with code ${code}`);
        resolve();
      });
    });
  }

  /** Errors: the worker's `SyncError`; `store_unavailable` when the thread has ended or ends before it answers. */
  call<Method extends keyof WorkerCalls>(method: Method, parameters: Parameters<WorkerCalls[Method]>): ReturnType<WorkerCalls[Method]> {
    return this.#ask(method, parameters) as ReturnType<WorkerCalls[Method]>;
  }

  #ask(method: keyof WorkerCalls, parameters: readonly unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#over) return reject(this.#over);
      this.#calls += 1;
      const call: Call = { id: this.#calls, method, parameters };
      this.#worker.postMessage(call, []);
      this.#waiting.set(call.id, { resolve, reject });
      // An open store alone does not keep a program running; a call under way does.
      this.#worker.ref();
    });
  }

  /** Lets the worker finish what it was asked, close its file and end. */
  async close(): Promise<void> {
    if (this.#over === null) {
      const closed = this.call('close', []);
      this.#over = this.#unavailable('it was closed');
      await closed;
    }
    await this.#exit;
  }

  /** Ends the thread at once. */
  async stop(): Promise<void> {
    await this.#worker.terminate();
  }

  #settle(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (this.#waiting.size === 0 && this.#over === null) this.#worker.unref();
    if (answer.kind === 'done') waiting?.resolve(answer.value);
    else waiting?.reject(new SyncError(answer.code, answer.message));
  }

  #end(reason: string): void {
    this.#over ??= this.#unavailable(reason);
    for (const { reject } of this.#waiting.values()) reject(this.#over);
    this.#waiting.clear();
  }

  #unavailable(reason: string): SyncError {
    return new SyncError('store_unavailable', `The store ${this.#file} cannot be used any more: ${reason}. Restart the flow; nothing was half written.`);
  }
}
