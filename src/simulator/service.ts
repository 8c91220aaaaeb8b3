/** A request as a simulated service sees it, free of sockets, so that tests can also call a service directly. */
export interface SimulatedRequest {
  readonly method: string;
  /** Path with leading slash, without the query. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

export interface SimulatedResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
}

/** How a request ends when it does not end in a response: the connection is reset, or never answered. */
export type SimulatedFailure = { readonly failure: 'reset' | 'hang' };

export interface SimulatedService {
  handle(request: SimulatedRequest): Promise<SimulatedResponse | SimulatedFailure>;
  /** Whole state as plain JSON, and back. */
  save(): unknown;
  load(state: unknown): void;
}
