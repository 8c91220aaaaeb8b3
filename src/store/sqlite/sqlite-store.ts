import { SECOND, type Duration } from '../../base/clock.ts';
import { SyncError } from '../../base/errors.ts';
import { systemRandom, type Random } from '../../base/random.ts';
import type { Store } from '../store.ts';
import type { StoreMethods, WorkerCalls } from './methods.ts';
import { networkMountNote } from './network-mount.ts';
import { StoreThread } from './thread.ts';

/** All of it may be left out. */
export interface SqliteStoreOptions {
  /** Makes the id of a new store. */
  readonly random?: Random;
  /** How long a write waits for another program's, 5 s by default. */
  readonly busyTimeout?: Duration;
  /** Gets a note when the file lies where SQLite is not safe. */
  readonly log?: (text: string) => void;
}

/**
 * Opens the embedded store in `file` (made when missing; `:memory:` keeps nothing), in a thread of its own.
 * Errors: `node_too_old` below Node 22.13, `store_unavailable`, `store_full`, `store_corrupt`.
 */
export const openSqliteStore = async (file: string, options: SqliteStoreOptions = {}): Promise<Store> => {
  requireEmbeddedSqlite(process.versions.node);
  const note = file === ':memory:' ? null : await networkMountNote(file);
  if (note !== null) options.log?.(note);
  const thread = new StoreThread(workerScript(), file);
  const { random = systemRandom, busyTimeout = 5 * SECOND } = options;
  try {
    const id = await thread.call('open', [{ file, busyTimeout, newId: random.token(8) }]);
    return storeOn(thread, id);
  } catch (error) {
    await thread.stop();
    throw error;
  }
};

/** `node:sqlite` is there without a flag since 22.13: https://nodejs.org/docs/latest-v22.x/api/sqlite.html */
export const requireEmbeddedSqlite = (nodeVersion: string): void => {
  const [major = 0, minor = 0] = nodeVersion.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 13)) return;
  throw new SyncError('node_too_old', `The embedded store needs Node 22.13 or later, this is ${nodeVersion}. Update Node, or set a mysql store.`);
};

/** The worker lies beside this file: TypeScript in the sources, JavaScript in the package. */
const workerScript = (): URL => new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url);

const storeOn = (thread: StoreThread, id: string): Store => {
  const method =
    <Method extends keyof StoreMethods>(name: Method) =>
    (...parameters: Parameters<WorkerCalls[Method]>): ReturnType<WorkerCalls[Method]> =>
      thread.call(name, parameters);
  return {
    id,
    startRun: method('startRun'),
    takeLease: method('takeLease'),
    leaseHolder: method('leaseHolder'),
    endLeaseOf: method('endLeaseOf'),
    renewLease: method('renewLease'),
    completeStage: method('completeStage'),
    finishRun: method('finishRun'),
    abortRun: method('abortRun'),
    run: method('run'),
    runs: method('runs'),
    audience: method('audience'),
    rows: method('rows'),
    rowsById: method('rowsById'),
    rowsByEmail: method('rowsByEmail'),
    rowsByContact: method('rowsByContact'),
    rowsByMember: method('rowsByMember'),
    rowsByFormerEmail: method('rowsByFormerEmail'),
    countRows: method('countRows'),
    countSubscribed: method('countSubscribed'),
    countFails: method('countFails'),
    claimRows: method('claimRows'),
    releaseRows: method('releaseRows'),
    openUpdates: method('openUpdates'),
    updatesOfRows: method('updatesOfRows'),
    updatesByWriteId: method('updatesByWriteId'),
    updatesById: method('updatesById'),
    updatesInState: method('updatesInState'),
    updatesOfBatch: method('updatesOfBatch'),
    countUpdatesInState: method('countUpdatesInState'),
    countUpdates: method('countUpdates'),
    updatesOfRun: method('updatesOfRun'),
    countPeople: method('countPeople'),
    updatesOfPeople: method('updatesOfPeople'),
    contactMemories: method('contactMemories'),
    commit: method('commit'),
    writePlan: method('writePlan'),
    plans: method('plans'),
    openPlan: method('openPlan'),
    openBatch: method('openBatch'),
    writeBatch: method('writeBatch'),
    batchesInState: method('batchesInState'),
    batchByBatchId: method('batchByBatchId'),
    claimBatch: method('claimBatch'),
    releaseBatch: method('releaseBatch'),
    receive: method('receive'),
    unhandled: method('unhandled'),
    countUnhandled: method('countUnhandled'),
    inboxOf: method('inboxOf'),
    settleInbox: method('settleInbox'),
    forgetHandled: method('forgetHandled'),
    claimCreation: method('claimCreation'),
    creationClaims: method('creationClaims'),
    settleCreation: method('settleCreation'),
    close: () => thread.close(),
  };
};
