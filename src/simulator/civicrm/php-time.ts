/** A date as written: wall clock time of the site (milliseconds as if it were UTC), or an instant. */
interface ParsedTime {
  readonly time: number;
  readonly zone: 'local' | 'utc';
}

const UNITS: Readonly<Record<string, number>> = { second: 1000, sec: 1000, minute: 60_000, min: 60_000, hour: 3_600_000, day: 86_400_000, week: 604_800_000 };

/**
 * What CiviCRM's use of PHP's `strtotime` makes of a date, for the forms that programs send: ISO with or without zone,
 * digits only, `@seconds`, `now` with a shift such as `now - 1 day`. Null for what it cannot read; CiviCRM takes that as 1970.
 */
export function parseTime(text: string, now: number): ParsedTime | null {
  const trimmed = text.trim();
  return parseDigits(trimmed) ?? parseIso(trimmed) ?? parseRelative(trimmed, now);
}

function parseDigits(text: string): ParsedTime | null {
  const epoch = /^@(-?\d+)$/.exec(text);
  if (epoch) return { time: Number(epoch[1]) * 1000, zone: 'utc' };
  const digits = /^(\d{4})(\d{2})(\d{2})(?:(\d{2})(\d{2})(\d{2}))?$/.exec(text);
  return digits ? fromParts(digits, null) : null;
}

function parseIso(text: string): ParsedTime | null {
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?$/i.exec(text);
  return iso ? fromParts(iso, iso[7] ?? null) : null;
}

function fromParts(parts: RegExpExecArray, zone: string | null): ParsedTime | null {
  const [year, month, day, hour, minute, second] = [1, 2, 3, 4, 5, 6].map((index) => Number(parts[index] ?? 0)) as [number, number, number, number, number, number];
  if (month < 1 || month > 12 || day < 1 || day > 31 || hour > 24 || minute > 59 || second > 60) return null;
  const time = Date.UTC(year, month - 1, day, hour, minute, second);
  if (zone === null) return { time, zone: 'local' };
  const offset = /^([+-])(\d{2}):?(\d{2})$/.exec(zone);
  if (!offset) return { time, zone: 'utc' };
  const shift = (Number(offset[2]) * 60 + Number(offset[3])) * 60_000;
  return { time: offset[1] === '-' ? time + shift : time - shift, zone: 'utc' };
}

function parseRelative(text: string, now: number): ParsedTime | null {
  const relative = /^(?:now)?\s*(?:([+-])\s*(\d+)\s*([a-z]+?)s?)?$/i.exec(text);
  if (!relative || text === '') return null;
  const whole = Math.floor(now / 1000) * 1000;
  if (relative[1] === undefined) return { time: whole, zone: 'utc' };
  const unit = UNITS[(relative[3] ?? '').toLowerCase()];
  if (unit === undefined) return null;
  const shift = Number(relative[2]) * unit;
  return { time: relative[1] === '-' ? whole - shift : whole + shift, zone: 'utc' };
}
