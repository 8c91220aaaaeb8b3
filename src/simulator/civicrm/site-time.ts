import type { SimulatorClock } from '../clock.ts';
import { parseTime } from './php-time.ts';

const SECOND = 1000;
const QUARTER = 15 * 60 * SECOND;

const two = (number: number): string => String(number).padStart(2, '0');

/**
 * Time as the site shows and reads it. TIMESTAMP columns come in the session's zone, and CiviCRM sets that to the
 * offset that the site's zone has *now*, so a winter date read in summer is an hour off its wall clock
 * (CRM_Utils_System_Base::getTimeZoneOffset; read in the source, not recorded).
 */
export class SiteTime {
  readonly #clock: SimulatorClock;
  readonly #offsets = new Map<number, number>();
  #timezone: string;
  #format: Intl.DateTimeFormat;
  skew: number;

  constructor(clock: SimulatorClock, timezone: string, skew: number) {
    this.#clock = clock;
    this.#timezone = timezone;
    this.#format = zoneFormat(timezone);
    this.skew = skew;
  }

  get timezone(): string {
    return this.#timezone;
  }

  /** @throws RangeError for a zone that does not exist. */
  setTimezone(timezone: string): void {
    this.#format = zoneFormat(timezone);
    this.#timezone = timezone;
    this.#offsets.clear();
  }

  /** The site's clock, milliseconds UTC. */
  now(): number {
    return this.#clock.now() + this.skew;
  }

  /** Now in whole seconds, as columns hold it. */
  stamp(): number {
    return Math.floor(this.now() / SECOND) * SECOND;
  }

  /** `YYYY-MM-DD HH:MM:SS` of a TIMESTAMP. */
  show(instant: number): string {
    return wallClock(instant + this.#sessionOffset());
  }

  /** Now as the text of a DATETIME column, which no zone moves afterwards. */
  localNow(): string {
    return this.show(this.stamp());
  }

  /**
   * A date given by a caller, as the instant that MySQL compares a TIMESTAMP with: PHP turns it into wall clock time
   * of the site's zone (`Z` and offsets honoured), MySQL reads that with the session's offset. Unreadable text is 1970.
   */
  readStamp(text: string): number {
    return this.#readWall(text) - this.#sessionOffset();
  }

  /** The same as the text of a DATETIME. */
  readLocal(text: string): string {
    return wallClock(this.#readWall(text));
  }

  #readWall(text: string): number {
    const parsed = parseTime(text, this.now());
    if (parsed === null) return this.#offsetAt(0);
    if (parsed.zone === 'local') return parsed.time;
    return parsed.time + this.#offsetAt(parsed.time);
  }

  #sessionOffset(): number {
    return this.#offsetAt(this.now());
  }

  #offsetAt(instant: number): number {
    if (this.#timezone === 'UTC') return 0;
    const quarter = Math.floor(instant / QUARTER);
    let offset = this.#offsets.get(quarter);
    if (offset === undefined) {
      offset = zoneOffset(this.#format, quarter * QUARTER);
      this.#offsets.set(quarter, offset);
    }
    return offset;
  }
}

/** Wall clock text of a number of milliseconds that counts in local time. */
function wallClock(local: number): string {
  const date = new Date(local);
  return `${date.getUTCFullYear()}-${two(date.getUTCMonth() + 1)}-${two(date.getUTCDate())} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())}`;
}

function zoneFormat(timezone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en-US', { timeZone: timezone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' });
}

function zoneOffset(format: Intl.DateTimeFormat, instant: number): number {
  const parts = new Map(format.formatToParts(instant).map((part) => [part.type, Number(part.value)]));
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second')) - instant;
}
