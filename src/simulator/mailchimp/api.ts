import type { Account } from './account.ts';
import { Call } from './call.ts';
import { notFound, Problem, strictly } from './problem.ts';
import { findRoute, type Outcome, type Route } from './routes.ts';
import { dropFields, keepFields, readFieldTree, strayPath } from './select-fields.ts';

/** A request below `/3.0`, by HTTP or out of a batch. */
export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: string;
}

export interface ApiAnswer {
  readonly status: number;
  /** JSON; empty for a 204. */
  readonly body: string;
  readonly requestId: string;
  /** For a 405: the methods that the path has. */
  readonly allow?: string;
}

/** Objects whose keys are free. */
const openObjects = ['merge_fields', 'interests', 'options', 'stats'];

/** The endpoints behind one door: finds the route, checks the parameters, selects the fields, writes out problems. */
export class Api {
  readonly #account: Account;
  readonly #routes: readonly Route[];
  readonly #baseUrl: () => string;
  readonly #strict: boolean;

  constructor(account: Account, routes: readonly Route[], baseUrl: () => string, strict: boolean) {
    this.#account = account;
    this.#routes = routes;
    this.#baseUrl = baseUrl;
    this.#strict = strict;
  }

  /** Rejects with `NoAnswer` when the real service would never answer. */
  async perform(request: ApiRequest): Promise<ApiAnswer> {
    const requestId = this.#requestId();
    const found = findRoute(this.#routes, request.method, request.path);
    try {
      if ('allowed' in found) {
        if (found.allowed.length === 0) throw notFound();
        const detail = "The requested method and resource are not compatible. See the Allow header for this resource's available methods.";
        throw new Problem(405, 'Method Not Allowed', detail);
      }
      if (this.#strict) refuseUnknown(request.query, found.route);
      const call = new Call({
        account: this.#account,
        path: found.parts,
        query: request.query,
        body: request.body,
        base: `${this.#baseUrl()}/3.0`,
        strict: this.#strict,
      });
      const outcome = await found.route.run(call);
      return { status: outcome.status, body: this.#write(outcome, request.query), requestId };
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      const allow = 'allowed' in found ? { allow: found.allowed.join(', ') } : {};
      return { status: error.status, body: JSON.stringify(error.body(requestId)), requestId, ...allow };
    }
  }

  /** A problem that arises before any endpoint is asked. */
  refuse(problem: Problem): ApiAnswer {
    const requestId = this.#requestId();
    return { status: problem.status, body: JSON.stringify(problem.body(requestId)), requestId };
  }

  #write({ body, selected = false }: Outcome, query: URLSearchParams): string {
    if (body === undefined) return '';
    if (selected) return JSON.stringify(body);
    const keep = readFieldTree(query.get('fields'));
    const drop = readFieldTree(query.get('exclude_fields'));
    const stray = this.#strict && keep !== null ? strayPath(keep, body, openObjects) : null;
    if (stray !== null) throw strictly('fields', `Unknown field ${stray}`);
    const kept = keep === null ? body : keepFields(body, keep);
    return JSON.stringify(drop === null ? kept : dropFields(kept, drop));
  }

  #requestId(): string {
    const digits = this.#account.hex(32);
    return [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20), digits.slice(20)].join('-');
  }
}

function refuseUnknown(query: URLSearchParams, route: Route): void {
  const unknown = [...query.keys()].find((name) => !route.query.includes(name));
  if (unknown !== undefined) throw strictly(unknown, `Unknown parameter of ${route.method} ${route.path}`);
}
