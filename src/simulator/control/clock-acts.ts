import type { SimulatorClock } from '../clock.ts';
import { act, number, optional, type Acts } from './act.ts';

/** The clock of both services. Every act tells the time that it is then, in milliseconds UTC. */
export function clockActs(clock: SimulatorClock): Acts {
  return {
    get: act([], () => clock.now()),
    set: act([number('to')], (to) => told(() => clock.set(to))),
    freeze: act([optional(number('at'))], (at) => told(() => clock.freeze(at))),
    advance: act([number('by')], (by) => told(() => clock.advance(by))),
    run: act([], () => told(() => clock.run())),
  };

  function told(change: () => void): number {
    change();
    return clock.now();
  }
}
