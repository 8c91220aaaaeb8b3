import type { Duration } from '../../base/clock.ts';
import type { Store } from '../store.ts';

/** What the worker thread can be asked, as the main thread sees it: the store's own methods, and its beginning and end. */
export type WorkerCalls = Omit<Store, 'id' | 'close'> & {
  /** First call; answers the store's id. */
  readonly open: (place: Place) => Promise<string>;
  /** Last call; the thread ends after it. */
  readonly close: () => Promise<void>;
};

/** The same as it runs in the worker: at once, one call after the other. */
export type WorkerMethods = {
  readonly [Method in keyof WorkerCalls]: (...parameters: Parameters<WorkerCalls[Method]>) => Awaited<ReturnType<WorkerCalls[Method]>>;
};

/** The store's own methods as they run in the worker. */
export type StoreMethods = Omit<WorkerMethods, 'open' | 'close'>;

/** Where the store lies and how it is opened. */
export interface Place {
  /** A file, or `:memory:`. */
  readonly file: string;
  /** How long a write waits for another program's. */
  readonly busyTimeout: Duration;
  /** The id of the store, should it be made now. */
  readonly newId: string;
}
