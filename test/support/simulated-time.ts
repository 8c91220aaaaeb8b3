import type { Clock, Duration } from '../../src/base/clock.ts';
import { SimulatorClock } from '../../src/simulator/clock.ts';

/** A client's clock that is the frozen clock of the simulators: waiting moves both on at once. */
export function simulatedTime(start: number = Date.UTC(2026, 10, 24, 9)): { readonly service: SimulatorClock; readonly client: Clock; readonly waits: Duration[] } {
  const service = new SimulatorClock();
  service.freeze(start);
  const waits: Duration[] = [];
  return {
    service,
    waits,
    client: {
      now: () => service.now(),
      wait: async (duration, signal) => {
        signal?.throwIfAborted();
        waits.push(duration);
        service.advance(duration);
      },
    },
  };
}
