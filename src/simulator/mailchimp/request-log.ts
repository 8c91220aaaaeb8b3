/** A request as it is remembered: nothing of its headers or body, and no query, which may hold signatures. */
export interface LoggedRequest {
  readonly method: string;
  readonly path: string;
  /** Names of the query parameters. */
  readonly parameters: readonly string[];
  /** The answer's status, or how it ended without one. */
  outcome: number | 'reset' | 'hang' | 'under way';
  /** ms, by the simulator's clock. */
  readonly at: number;
}

const keptRequests = 10_000;

/** Counts requests and remembers the latest. */
export class RequestLog {
  #count = 0;
  readonly #latest: LoggedRequest[] = [];

  get count(): number {
    return this.#count;
  }

  latest(): readonly LoggedRequest[] {
    return this.#latest;
  }

  add(entry: LoggedRequest): void {
    this.#count++;
    this.#latest.push(entry);
    if (this.#latest.length > keptRequests) this.#latest.splice(0, keptRequests / 10);
  }
}
