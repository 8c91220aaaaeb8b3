import { DAY, MINUTE, SECOND, type Duration, type Instant } from '../base/clock.ts';
import { SyncError } from '../base/errors.ts';

const LOCAL = /^(\d{4})-(\d{2})-(\d{2})[ T](\d{2}):(\d{2}):(\d{2})$/;

/** Offsets change only at quarters of an hour, so one look at `Intl` serves for all moments within one. */
const STEP: Duration = 15 * MINUTE;
const MOST_REMEMBERED = 20_000;

/**
 * Dates of one site. APIv4 answers with dates that carry no offset and are in the site's own zone (facts/civicrm.md).
 *
 * The columns are TIMESTAMPs, and CiviCRM sets the zone of its database session to the offset that the site's zone has
 * **now** (CRM_Utils_System_Base::getTimeZoneOffset): in winter, a date of last summer is shown in winter time. So dates
 * are read with the offset of the moment of reading, and no hour comes twice or is missing. Only on old sites, whose
 * history is in DATETIME columns, are dates of the other half of the year an hour off; SQL access tells them apart.
 */
export class SiteDates {
  readonly #format: Intl.DateTimeFormat;
  readonly #offsets = new Map<number, Duration>();
  readonly #now: () => Instant;

  /**
   * @param timezone IANA name, `Europe/London` for example; `settings_invalid` when there is no such zone
   * @param now the site's time
   */
  constructor(timezone: string, now: () => Instant) {
    this.#now = now;
    try {
      this.#format = new Intl.DateTimeFormat('en-US', {
        timeZone: timezone,
        calendar: 'gregory',
        numberingSystem: 'latn',
        hourCycle: 'h23',
        year: 'numeric',
        month: 'numeric',
        day: 'numeric',
        hour: 'numeric',
        minute: 'numeric',
        second: 'numeric',
      });
    } catch {
      throw new SyncError('settings_invalid', `\`civicrm.timezone\`: there is no time zone "${timezone}". Use an IANA name such as Europe/London.`);
    }
  }

  /** Reads `YYYY-MM-DD HH:MM:SS` as the site shows it now; null when the text is no such date. */
  read(text: string): Instant | null {
    const written = asIfUtc(text);
    return written === null ? null : written - this.#offsetAt(this.#now());
  }

  /**
   * The moment whose bound in a search finds a date: bounds are turned into the site's zone with the offset of their own
   * day (facts/civicrm.md), not with that of now. Of an hour that comes twice the earlier moment.
   */
  found(text: string): Instant | null {
    const written = asIfUtc(text);
    if (written === null) return null;
    const before = this.#offsetAt(written - DAY);
    const after = this.#offsetAt(written + DAY);
    // The clocks ran on `before`, then on `after`: the moment is one at which the clocks showed what is written.
    const moments = [written - before, written - after].filter((moment) => moment + this.#offsetAt(moment) === written);
    return moments.length === 0 ? written - before : Math.min(...moments);
  }

  /** A bound of a search for what was written at or after a moment, however the clocks were moved since: rather too early than too late. */
  since(instant: Instant): string {
    return bound(instant - Math.max(0, this.#offsetAt(instant) - this.#offsetAt(this.#now())));
  }

  /** What the clocks of the site are ahead of UTC at a moment. */
  #offsetAt(moment: Instant): Duration {
    const step = Math.floor(moment / STEP);
    const known = this.#offsets.get(step);
    if (known !== undefined) return known;
    if (this.#offsets.size >= MOST_REMEMBERED) this.#offsets.clear();
    const start = step * STEP;
    const shown: Record<string, number> = {};
    for (const { type, value } of this.#format.formatToParts(start)) shown[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = shown;
    const offset = Date.UTC(year, month - 1, day, hour, minute, second) - start;
    this.#offsets.set(step, offset);
    return offset;
  }
}

/** Reads `YYYY-MM-DD HH:MM:SS` as UTC; null when the text is no such date. */
export function asIfUtc(text: string): Instant | null {
  const parts = LOCAL.exec(text);
  if (parts === null) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(1).map(Number);
  const written = Date.UTC(year, month - 1, day, hour, minute, second);
  // Date.UTC carries the 31st of February over into March: such a text is no date.
  return new Date(written).toISOString().slice(0, 19) === text.replace(' ', 'T') ? written : null;
}

/** A moment as a bound of a search. The `Z` is honoured; without it the site's zone would be meant (facts/civicrm.md). */
export const bound = (instant: Instant): string => `${new Date(Math.floor(instant / SECOND) * SECOND).toISOString().slice(0, 19)}Z`;
