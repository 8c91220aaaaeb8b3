import { SECOND, type Duration, type Instant } from '../base/clock.ts';
import type { Range, Word } from '../store/entities.ts';

/** A moment before all others, for a word of which only the latest possible time is known. */
export const EVER: Instant = -1;

/** Between two services, stamps of whole seconds and corrected clocks may still be this far off [tolerance]. */
const TOLERANCE: Duration = 2 * SECOND;

/** Below this the difference of two `Date` headers, which are whole seconds, says nothing. */
const CLOCK_NOISE: Duration = SECOND;

/** A range with the service whose clock dated it. */
export type Said = Pick<Word, 'since' | 'at' | 'source'>;

/** What decides when neither of two words is surely later. */
export type TieRule = 'mailsLess' | 'latest' | 'CiviCRM' | 'Mailchimp';

/**
 * How words compare (algorithm.md, "When a word was said"). One order serves one decision: it knows by how much
 * CiviCRM's clock was ahead of Mailchimp's then.
 */
export class WordOrder {
  readonly #civicrmAhead: Duration;

  constructor(civicrmAhead: Duration) {
    this.#civicrmAhead = Math.abs(civicrmAhead) <= CLOCK_NOISE ? 0 : civicrmAhead;
  }

  /**
   * A word is surely later when its whole range is: within one service exactly, between the two by more than 2 s,
   * each clock corrected [ranges, tolerance].
   */
  surelyLater(word: Said, than: Said): boolean {
    if (word.source === than.source) return word.since > than.at;
    return this.#corrected(word.since, word.source) > this.#corrected(than.at, than.source) + TOLERANCE;
  }

  /** The later word; neither surely later: what mails less; both say the same: the one that may reach later. */
  later(one: Word, other: Word): Word;
  later(one: Word | undefined, other: Word | undefined): Word | undefined;
  later(one: Word | undefined, other: Word | undefined): Word | undefined {
    if (!one || !other) return one ?? other;
    if (this.surelyLater(one, other)) return one;
    if (this.surelyLater(other, one)) return other;
    if (one.value !== other.value) return one.value ? other : one;
    return one.at >= other.at ? one : other;
  }

  /** Neither is surely later, and they differ: the decision between them is unclear. */
  unclear(one: Word, other: Word): boolean {
    return one.value !== other.value && !this.surelyLater(one, other) && !this.surelyLater(other, one);
  }

  /** The words of the two sides, one of them null where a side has none. `tie` decides where neither is surely later. */
  decide(mailchimp: Word | undefined, civicrm: Word | undefined, tie: TieRule): Word | undefined {
    if (!mailchimp || !civicrm) return mailchimp ?? civicrm;
    if (tie !== 'latest' && !this.unclear(mailchimp, civicrm)) return this.later(mailchimp, civicrm);
    switch (tie) {
      case 'mailsLess':
        return this.later(mailchimp, civicrm);
      case 'CiviCRM':
        return civicrm;
      case 'Mailchimp':
        return mailchimp;
      case 'latest':
        return this.#corrected(mailchimp.at, mailchimp.source) > this.#corrected(civicrm.at, civicrm.source) ? mailchimp : civicrm;
    }
  }

  /**
   * Of two removals, both of which must be outdone, the later; where neither surely is and two services dated them,
   * what is to outdo them must be later by the tolerance between services (FINDINGS 31): it counts as CiviCRM's.
   */
  removalToOutdo(one: Word | undefined, other: Word | undefined): Word | undefined {
    const word = this.later(one, other);
    if (!one || !other || !word || one.source === other.source) return word;
    if (this.surelyLater(one, other) || this.surelyLater(other, one)) return word;
    return { ...word, source: 'civicrm' };
  }

  #corrected(time: Instant, source: Word['source']): Instant {
    return source === 'civicrm' ? time - this.#civicrmAhead : time;
  }
}

/** A word said at one moment. */
export const point = (value: boolean, at: Instant, source: Word['source']): Word => ({ value, since: at, at, source });

/** The word whose range reaches furthest; the first of several. */
export const furthest = (words: readonly (Word | undefined)[]): Word | undefined => {
  let found: Word | undefined;
  for (const word of words) if (word && (!found || word.at > found.at)) found = word;
  return found;
};

export const sameRange = (one: Range, other: Range): boolean => one.since === other.since && one.at === other.at;
