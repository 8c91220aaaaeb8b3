import { codeOf, type ErrorCode } from '../base/errors.ts';

/** A service answers with errors of its own, or not at all: to everything, or about one person or batch. */
const UNREACHABLE: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['civicrm_unreachable', 'mailchimp_unreachable']);
/** So many in a row, and it is everything. */
const IN_A_ROW = 3;

/**
 * Tells a service that cannot tell of one person or one batch, which must not hold up the others, from one that is out of
 * order, which ends the work.
 */
export class Outage {
  #inARow = 0;
  #failure: unknown = null;

  /** The first error about one alone; null: there was none. */
  get failure(): unknown {
    return this.#failure;
  }

  /**
   * Works on one of many. false: a service could not tell of it. Throws every other error, and the third of a row, which
   * all would meet.
   */
  async reached(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
    } catch (error) {
      if (!UNREACHABLE.has(codeOf(error))) throw error;
      this.#inARow += 1;
      if (this.#inARow >= IN_A_ROW) throw error;
      this.#failure ??= error;
      return false;
    }
    this.#inARow = 0;
    return true;
  }

  /** At the end: throws the first error about one alone. */
  throwFailure(): void {
    if (this.#failure !== null) throw this.#failure;
  }
}
