import { MINUTE, SECOND, type Clock, type Duration, type Instant } from '../base/clock.ts';
import type { Random } from '../base/random.ts';
import type { HttpFailure, HttpOutcome } from './transport.ts';

/**
 * Why a request may be worth sending again.
 * `refused` and `overloaded`: surely not done · `broken` (5xx, reset) and `timed_out`: may have been done.
 */
export type Trouble = 'refused' | 'overloaded' | 'broken' | 'timed_out';

/** What a request without an answer means for another attempt. */
export const TROUBLE_OF: Readonly<Record<HttpFailure['reason'], Trouble | null>> = {
  refused: 'refused',
  reset: 'broken',
  timed_out: 'timed_out',
  aborted: null,
  unusable: null,
};

const FIRST_DELAY: Duration = SECOND;
const LONGEST_DELAY: Duration = MINUTE;
/** Keeps full jitter from meaning "at once". */
const SHORTEST_DELAY: Duration = 100;
/**
 * After a time-out the service may go on working on the request and count its connection
 * (facts/mailchimp.md: it gives up after 120 s). So nothing is sent again before 120 s after the request began,
 * and half a minute more, because the end of the work there need not be the end of the connection.
 */
const SERVICE_GIVES_UP_AFTER: Duration = 2 * MINUTE;
const AFTER_TIME_OUT: Duration = 30 * SECOND;

/**
 * How long to wait before sending a request again: growing with each attempt (doubling from 1 s up to 1 min, full jitter),
 * never less than `Retry-After` asks for.
 * @param attempt 0 for the wait after the first attempt
 * @param sentAt when the attempt that failed began
 */
export function delayBefore(
  attempt: number,
  trouble: Trouble,
  outcome: HttpOutcome<unknown>,
  sentAt: Instant,
  { clock, random }: { readonly clock: Clock; readonly random: Random },
): Duration {
  const ceiling = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** attempt);
  const jittered = SHORTEST_DELAY + random.fraction() * ceiling;
  if (trouble === 'timed_out') return Math.max(0, sentAt + SERVICE_GIVES_UP_AFTER - clock.now()) + AFTER_TIME_OUT + jittered;
  const asked = outcome.kind === 'answer' ? retryAfter(outcome.header('retry-after'), outcome.header('date'), clock.now()) : 0;
  return asked === 0 ? jittered : asked + random.fraction() * FIRST_DELAY;
}

/** `Retry-After`: seconds, or a date, which is read against the service's own clock where it shows one. */
function retryAfter(value: string | null, date: string | null, now: Instant): Duration {
  if (value === null) return 0;
  if (/^\d{1,9}$/.test(value.trim())) return Number(value) * SECOND;
  const until = Date.parse(value);
  const servedAt = Date.parse(date ?? '');
  if (Number.isNaN(until)) return 0;
  return Math.max(0, until - (Number.isNaN(servedAt) ? now : servedAt));
}
