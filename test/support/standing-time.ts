import type { Clock, Duration } from '../../src/base/clock.ts';
import { SimulatorClock } from '../../src/simulator/clock.ts';
import { LEASE } from '../../src/sync/stage.ts';

/**
 * One clock for both simulated services and the engine, which stands still until it is moved. Waiting moves it on at
 * once, save the wait for a lease's renewal: that lasts as long as the stage.
 * @param engineAhead ms that the engine's machine is ahead of the services
 */
export function standingTime(start: number, engineAhead: Duration = 0): { readonly services: SimulatorClock; readonly engine: Clock } {
  const services = new SimulatorClock();
  services.freeze(start);
  const engine: Clock = {
    now: () => services.now() + engineAhead,
    wait: (duration, signal) => (isRenewal(duration) && signal ? untilAborted(signal) : waited(services, duration, signal)),
  };
  return { services, engine };
}

const isRenewal = (duration: Duration): boolean => duration === LEASE / 3;

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });

async function waited(clock: SimulatorClock, duration: Duration, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  clock.advance(Math.ceil(duration)); // a clock shows whole milliseconds, whatever the jitter
}
