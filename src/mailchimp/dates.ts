import type { Instant } from '../base/clock.ts';

const DATE = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:\.\d+)?(?:Z|([+-])(\d{2}):?(\d{2}))$/;

/** Reads a date as Mailchimp writes it (`2026-11-24T09:30:00+00:00`); null when it is none. */
export function readDate(text: string): Instant | null {
  const parts = DATE.exec(text);
  if (parts === null) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.slice(1, 7).map(Number);
  const written = Date.UTC(year, month - 1, day, hour, minute, second);
  // Date.UTC carries the 31st of February over into March: such a text is no date.
  if (new Date(written).toISOString().slice(0, 19) !== text.slice(0, 19)) return null;
  const offset = (Number(parts[8] ?? 0) * 60 + Number(parts[9] ?? 0)) * 60_000;
  return parts[7] === '-' ? written + offset : written - offset;
}

/** A moment as Mailchimp's filters take it: UTC, because they ignore an offset (facts/mailchimp.md); whole seconds, rounded down. */
export const writeDate = (instant: Instant): string => `${new Date(instant).toISOString().slice(0, 19)}+00:00`;
