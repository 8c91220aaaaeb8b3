import type { SimulatedRequest } from './service.ts';

/** Counts requests by kind: `GET /3.0/lists/:id/members`, with ids and addresses left out. */
export class RequestCounter {
  readonly #counts = new Map<string, number>();

  count(request: Pick<SimulatedRequest, 'method' | 'path'>): void {
    const kind = `${request.method} ${request.path.split('/').map(withoutId).join('/')}`;
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
  }

  counts(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#counts].sort(([one], [other]) => (one < other ? -1 : 1)));
  }

  total(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  reset(): void {
    this.#counts.clear();
  }
}

const withoutId = (segment: string): string => (/^[0-9a-f]{8,}$|^\d+$|@|%40/i.test(segment) ? ':id' : segment);
