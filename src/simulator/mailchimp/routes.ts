import type { Call } from './call.ts';

/** What an endpoint answers; `body` undefined: none (204). */
export interface Outcome {
  readonly status: number;
  readonly body?: Readonly<Record<string, unknown>>;
  /** `fields` and `exclude_fields` are applied already. */
  readonly selected?: boolean;
}

type Endpoint = (call: Call) => Outcome | Promise<Outcome>;

export interface Route {
  readonly method: string;
  /** Below `/3.0`; a part in braces is variable. */
  readonly path: string;
  /** The query parameters that the specification knows. */
  readonly query: readonly string[];
  readonly run: Endpoint;
}

export const selection: readonly string[] = ['fields', 'exclude_fields'];
export const paging: readonly string[] = [...selection, 'count', 'offset'];

export function ok(body: Readonly<Record<string, unknown>>): Outcome {
  return { status: 200, body };
}

export const noContent: Outcome = { status: 204 };

/** The route of a path, or the methods that its path has, for a 405; both empty for a 404. */
export function findRoute(
  routes: readonly Route[],
  method: string,
  path: string,
): { readonly route: Route; readonly parts: Record<string, string> } | { readonly allowed: readonly string[] } {
  const allowed: string[] = [];
  for (const route of routes) {
    const parts = matchPath(route.path, path);
    if (parts === null) continue;
    if (route.method === method) return { route, parts };
    allowed.push(route.method);
  }
  return { allowed };
}

function matchPath(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return null;
  const parts: Record<string, string> = {};
  for (const [place, want] of wanted.entries()) {
    const have = given[place] ?? '';
    if (want.startsWith('{')) {
      if (have === '') return null;
      parts[want.slice(1, -1)] = decodePart(have);
    } else if (want !== have) return null;
  }
  return parts;
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
