/** What goes wrong with a request. `effect`: the service did what was asked, and fails only then (default false). */
export type Fault =
  /** 429, with a problem body or with none; `retryAfter` in seconds. */
  | { readonly kind: 'too-many-requests'; readonly body: boolean; readonly retryAfter?: number }
  /** 403 without a body: overload as well. */
  | { readonly kind: 'forbidden' }
  | { readonly kind: 'server-error'; readonly status?: number; readonly effect?: boolean }
  | { readonly kind: 'reset'; readonly effect?: boolean }
  /** Never answered; its connection stays taken for 120 s. */
  | { readonly kind: 'hang'; readonly effect?: boolean }
  /** Answered, but late (ms of the machine). */
  | { readonly kind: 'slow'; readonly milliseconds: number }
  /** Answered when `until` resolves. */
  | { readonly kind: 'held'; readonly until: Promise<void> }
  /** 200 with JSON cut short. */
  | { readonly kind: 'broken-json'; readonly effect?: boolean }
  /** An HTML page, e.g. of a proxy. */
  | { readonly kind: 'html'; readonly status?: number; readonly effect?: boolean };

/** Which requests a fault hits; what is left out fits all. */
export interface FaultTarget {
  readonly method?: string;
  /** Tested against the path with `/3.0`. */
  readonly path?: RegExp;
  /** How many requests; default 1. */
  readonly times?: number;
}

/** Faults to come. They are no part of the state: a restart ends them. */
export class Faults {
  #waiting: { readonly fault: Fault; readonly target: FaultTarget; left: number }[] = [];

  /** The next requests that fit go wrong; of several faults the one added first is used up first. */
  add(fault: Fault, target: FaultTarget = {}): void {
    this.#waiting.push({ fault, target, left: target.times ?? 1 });
  }

  clear(): void {
    this.#waiting = [];
  }

  /** The fault that hits a request, used up by it. */
  take(method: string, path: string): Fault | null {
    const hit = this.#waiting.find(
      ({ target }) => (target.method ?? method) === method && (target.path === undefined || target.path.test(path)),
    );
    if (hit === undefined) return null;
    hit.left--;
    if (hit.left <= 0) this.#waiting = this.#waiting.filter((one) => one !== hit);
    return hit.fault;
  }
}
