import { SECOND, systemClock } from '../base/clock.ts';
import type { Duration, Instant } from '../base/clock.ts';
import { SyncError } from '../base/errors.ts';
import type { ListId } from '../base/ids.ts';
import type { Run, RunMode } from '../store/entities.ts';
import type { AudienceStatus } from '../sync/engine.ts';
import type { Session } from './session.ts';

/** How one audience's turn through the flow ended. */
export type RunEnd =
  | { readonly kind: 'ended'; readonly run: Run }
  | { readonly kind: 'not_started'; readonly reason: 'busy' | 'held' | 'disabled' }
  /** Still running when the time was over. */
  | { readonly kind: 'unfinished' };

const LOOK: Duration = SECOND / 4;

export const statusOf = (session: Session, signal: AbortSignal): Promise<readonly AudienceStatus[]> =>
  session.config.work(signal, (engine) => engine.status());

/**
 * Starts a run of an audience through the flow's start node, and waits until it is over. Rejects with the `SyncError`
 * with which a node of the flow ended its work on the run.
 */
export const runThroughFlow = async (session: Session, listId: ListId, asked: { readonly mode: RunMode; readonly dryRun: boolean }, until: Instant, signal: AbortSignal): Promise<RunEnd> => {
  const lastRun = async (): Promise<Run | null> => (await statusOf(session, signal)).find((status) => status.listId === listId)?.lastRun ?? null;
  const before = await lastRun();
  let notStarted: 'busy' | 'held' | 'disabled' | null = null;
  let failure: SyncError | null = null;
  const unwatch = session.nodeRed.watch({
    sent: (node, _output, { sync, payload }) => {
      if (node.id === session.start && isOf(sync, listId) && isNotStarted(payload)) notStarted = payload.reason;
    },
    failed: (_node, error, { sync }) => {
      if (isOf(sync, listId) && error instanceof SyncError) failure = error;
    },
  });
  try {
    session.nodeRed.receive(session.start, { sync: { listId, ...asked } });
    for (;;) {
      await systemClock.wait(LOOK, signal);
      if (failure !== null) throw failure;
      if (notStarted !== null) return { kind: 'not_started', reason: notStarted };
      const run = await lastRun();
      if (run !== null && run.state !== 'running' && (run.id !== before?.id || before.state === 'running')) return { kind: 'ended', run };
      if (systemClock.now() >= until) return { kind: 'unfinished' };
    }
  } finally {
    unwatch();
  }
};

const isOf = (sync: unknown, listId: ListId): boolean => (sync as { listId?: unknown } | null | undefined)?.listId === listId;

const isNotStarted = (payload: unknown): payload is { reason: 'busy' | 'held' | 'disabled' } =>
  (payload as { outcome?: unknown } | null | undefined)?.outcome === 'not_started';

/** Settles the results of batches until none is open; `false` when the time is over first. */
export const settleBatches = async (session: Session, until: Instant, signal: AbortSignal): Promise<boolean> => {
  for (;;) {
    const open = (await statusOf(session, signal)).reduce((sum, { openBatches }) => sum + openBatches.length, 0);
    if (open === 0) return true;
    if (systemClock.now() >= until) return false;
    await session.config.work(signal, (engine, stop) => engine.handleBatches({ signal: stop }));
    await systemClock.wait(LOOK, signal);
  }
};
