export const SECOND = 1000;
export const MINUTE = 60 * SECOND;
export const DAY = 24 * 60 * MINUTE;

export function wholeSecond(instant: number): number {
  return Math.floor(instant / SECOND) * SECOND;
}

/** `2021-11-23T22:51:56+00:00`; '' for none, as Mailchimp writes it. */
export function instantText(instant: number | null): string {
  return instant === null ? '' : `${new Date(instant).toISOString().slice(0, 19)}+00:00`;
}

/** `2021-11-23 22:51:56`, UTC: `fired_at` of a webhook. */
export function firedAtText(instant: number): string {
  return new Date(instant).toISOString().slice(0, 19).replace('T', ' ');
}

/**
 * Reads an instant of a query parameter as Mailchimp does: whatever offset follows the seconds is ignored, the digits
 * are taken as UTC (facts: recorded by third parties). null when it is none.
 */
export function readInstant(text: string): number | null {
  const match = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?))?(?:\.\d+)?(?:Z|[+\- ]\d{2}:?\d{2})?$/.exec(text);
  if (match === null) return null;
  const [, day = '', time = '00:00:00'] = match;
  const instant = Date.parse(`${day}T${time.length === 5 ? `${time}:00` : time}Z`);
  return Number.isNaN(instant) ? null : instant;
}
