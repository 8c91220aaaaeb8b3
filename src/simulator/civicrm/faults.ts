/** What goes wrong with a request. `done` kinds do the work first and then fail. */
export type CivicrmFault =
  | { readonly kind: 'status'; readonly status: number }
  /** HTTP 200 with an HTML page, as when the database is down. */
  | { readonly kind: 'html' }
  | { readonly kind: 'reset' }
  | { readonly kind: 'hang' }
  /** Answers after this many milliseconds. */
  | { readonly kind: 'slow'; readonly delay: number }
  | { readonly kind: 'done-status'; readonly status: number }
  | { readonly kind: 'done-reset' }
  /** The process dies in the middle of a save: so many contacts are made, another without its address; then a reset. */
  | { readonly kind: 'cut-short'; readonly contacts: number };

export interface PlannedFault {
  readonly fault: CivicrmFault;
  /** Default: any. A batch matches as entity `api4`, action `batch`. */
  readonly entity?: string;
  readonly action?: string;
  /** How many matching requests it hits. Default 1. */
  readonly times?: number;
  /** Matching requests that it lets pass first. Default 0. */
  readonly after?: number;
}

interface Pending {
  readonly planned: PlannedFault;
  pass: number;
  left: number;
}

/** Faults to come, the first that matches a request hits it. */
export class Faults {
  #pending: Pending[] = [];

  plan(planned: PlannedFault): void {
    this.#pending.push({ planned, pass: planned.after ?? 0, left: planned.times ?? 1 });
  }

  clear(): void {
    this.#pending = [];
  }

  /** The fault that hits this request, if one does. */
  take(entity: string, action: string): CivicrmFault | null {
    for (const pending of this.#pending) {
      const { planned } = pending;
      if ((planned.entity ?? entity) !== entity || (planned.action ?? action) !== action) continue;
      if (pending.pass > 0) {
        pending.pass -= 1;
        continue;
      }
      pending.left -= 1;
      this.#pending = this.#pending.filter((other) => other.left > 0);
      return planned.fault;
    }
    return null;
  }
}
