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
  | { readonly kind: 'done-reset' };

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
