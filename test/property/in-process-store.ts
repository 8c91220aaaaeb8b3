import { openDatabase } from '../../src/store/sqlite/open-database.ts';
import type { StoreMethods } from '../../src/store/sqlite/methods.ts';
import { methodsOf } from '../../src/store/sqlite/store-methods.ts';
import type { Store } from '../../src/store/store.ts';

/** A call of the store that is about to be made. */
export interface StoreCall {
  readonly method: keyof StoreMethods;
  readonly parameters: readonly unknown[];
}

export interface InProcessStore {
  /** The store's own methods, at once and past every gate: what a test looks with. */
  readonly methods: StoreMethods;
  /** The store as one engine has it: `before` may hold a call up, or throw in place of it. Closing it leaves the store as it is. */
  opened(before: (call: StoreCall) => Promise<void>): Store;
  close(): void;
}

/** The embedded store without its thread: the same SQL in memory, in a fraction of the time. */
export function inProcessStore(id: string): InProcessStore {
  const { database } = openDatabase({ file: ':memory:', busyTimeout: 0, newId: id });
  const methods = methodsOf(database);
  return {
    methods,
    opened: (before) => {
      const call =
        (method: keyof StoreMethods) =>
        async (...parameters: readonly unknown[]): Promise<unknown> => {
          await before({ method, parameters });
          return (methods[method] as (...given: readonly unknown[]) => unknown)(...parameters);
        };
      const calls = Object.fromEntries((Object.keys(methods) as (keyof StoreMethods)[]).map((method) => [method, call(method)]));
      return { id, ...calls, close: async () => undefined } as unknown as Store;
    },
    close: () => database.close(),
  };
}
