import type { Instant } from '../../base/clock.ts';
import type { Range } from '../../store/entities.ts';

/** A moment as people and programs read it: ISO 8601, UTC, without needless milliseconds. */
export const told = (at: Instant): string => new Date(at).toISOString().replace('.000Z', 'Z');

export const toldOrNull = (at: Instant | null): string | null => (at === null ? null : told(at));

/** When a word was said, as far as it is known. */
export function toldRange({ since, at }: Range): string {
  if (since === at) return `at ${told(at)}`;
  return since < 0 ? `at a time that is not known, ${told(at)} at the latest` : `between ${told(since)} and ${told(at)}`;
}

/** Several things in one sentence. */
export const listed = (parts: readonly string[]): string => (parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)!}`);
