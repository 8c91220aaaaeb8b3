import type { AxiosAdapter } from 'axios';
import type { Clock, Duration, Instant } from '../base/clock.ts';
import { SyncError } from '../base/errors.ts';
import type { Random } from '../base/random.ts';
import type { ConnectionBudget } from './budget.ts';
import { delayBefore, type Trouble } from './retry.ts';
import { ServiceClock } from './service-clock.ts';
import { createTransport, type HttpOutcome, type HttpRequest, type Transport } from './transport.ts';

/** What every client of a service is given. */
export interface ClientEnvironment {
  readonly clock: Clock;
  readonly random: Random;
  /** An axios adapter in place of sockets, for tests in one process. */
  readonly adapter?: AxiosAdapter;
  /** In place of the budget that the process shares for this service and user. */
  readonly budget?: ConnectionBudget;
}

/** One call: what is sent, and the kind under which it is counted. */
export interface Call {
  readonly kind: string;
  readonly request: HttpRequest;
}

export interface Repetition {
  /** No attempt starts later than so long after the first. */
  readonly deadline: Duration;
  readonly repeat: ReadonlySet<Trouble>;
}

/** An outcome, and when it was served by the service's own clock. */
export interface Served {
  readonly outcome: HttpOutcome;
  readonly servedAt: Instant;
}

/** Calls to one service as one user: within the budget of connections, counted, repeated where that is safe. */
export class Service {
  readonly transport: Transport;
  readonly #environment: ClientEnvironment;
  readonly #budget: ConnectionBudget;
  readonly #troubleOf: (outcome: HttpOutcome) => Trouble | null;
  readonly #serviceClock: ServiceClock;
  readonly #counts = new Map<string, number>();

  /** @param troubleOf reads an outcome: null when it is final */
  constructor(environment: ClientEnvironment, budget: ConnectionBudget, troubleOf: (outcome: HttpOutcome) => Trouble | null) {
    this.#environment = environment;
    this.#budget = environment.budget ?? budget;
    this.#troubleOf = troubleOf;
    this.#serviceClock = new ServiceClock(environment.clock);
    this.transport = createTransport(environment.adapter);
  }

  get clockOffset(): Duration {
    return this.#serviceClock.offset;
  }

  /** The service's own time now, to the second. */
  now(): Instant {
    return this.#serviceClock.now();
  }

  /** Requests sent so far, by kind. */
  requests(): ReadonlyMap<string, number> {
    return new Map(this.#counts);
  }

  count(kind: string): void {
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
  }

  /** Sends a call once. Throws `aborted` when stopped before it was sent; afterwards that is an outcome. */
  async once(call: Call, signal?: AbortSignal): Promise<Served> {
    return this.repeated(call, { deadline: 0, repeat: new Set() }, signal);
  }

  /** Sends a call until its outcome is final or the deadline forbids another attempt; gives the last outcome. */
  async repeated(call: Call, { deadline, repeat }: Repetition, signal?: AbortSignal): Promise<Served> {
    const { clock } = this.#environment;
    const until = clock.now() + deadline;
    for (let attempt = 0; ; attempt += 1) {
      const slot = await unlessAborted(this.#budget.acquire(signal), signal);
      let release: 'served' | 'overloaded' = 'served';
      let delay: Duration = 0;
      try {
        const sentAt = clock.now();
        this.count(call.kind);
        const outcome = await this.transport.send(call.request, signal);
        const trouble = this.#troubleOf(outcome);
        if (trouble === 'overloaded') release = 'overloaded';
        const servedAt = outcome.kind === 'answer' ? this.#serviceClock.note(outcome.header('date'), sentAt) : clock.now();
        if (trouble === null || !repeat.has(trouble)) return { outcome, servedAt };
        delay = delayBefore(attempt, trouble, outcome, sentAt, this.#environment);
        if (clock.now() + delay > until) return { outcome, servedAt };
        // The service may still count this connection as ours, so it stays taken while we wait.
        if (trouble === 'timed_out') {
          await unlessAborted(clock.wait(delay, signal), signal);
          delay = 0;
        }
      } finally {
        slot.release(release);
      }
      if (delay > 0) await unlessAborted(clock.wait(delay, signal), signal);
    }
  }

  /** Waits before another attempt at something that is made of several calls. False: the deadline forbids it. */
  async pause(attempt: number, until: Instant, signal?: AbortSignal): Promise<boolean> {
    const { clock } = this.#environment;
    const failure = { kind: 'failure', reason: 'reset', code: '' } as const;
    const delay = delayBefore(attempt, 'broken', failure, clock.now(), this.#environment);
    if (clock.now() + delay > until) return false;
    await unlessAborted(clock.wait(delay, signal), signal);
    return true;
  }
}

/** Turns a rejection by the signal into `aborted`. */
async function unlessAborted<Value>(promise: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  try {
    return await promise;
  } catch (error) {
    if (signal?.aborted === true) throw abortedError();
    throw error;
  }
}

export const abortedError = (): SyncError => new SyncError('aborted', 'Stopped on request while waiting for a service; the next run goes on from there.');
