import { systemClock, type Clock, type Duration } from '../../src/base/clock.ts';
import { LEASE } from '../../src/sync/stage.ts';

/** A clock that is so much ahead, and moves on by what is waited for, at once, save for the renewal of a lease. */
export function hurried(ahead: Duration = 0): Clock {
  return {
    now: () => systemClock.now() + ahead,
    wait: async (duration, signal) => {
      if (duration === LEASE / 3) return systemClock.wait(duration, signal);
      ahead += duration;
    },
  };
}
