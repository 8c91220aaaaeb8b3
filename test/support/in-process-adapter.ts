import { Readable } from 'node:stream';
import { AxiosError, AxiosHeaders, CanceledError, type AxiosAdapter, type InternalAxiosRequestConfig } from 'axios';
import type { SimulatedFailure, SimulatedRequest, SimulatedService } from '../../src/simulator/service.ts';

export interface InProcessOptions {
  /** Dates answers that have no `Date` of their own, as the simulators' server does. Default: such answers stay undated. */
  readonly now?: () => number;
  /** What happens while a request hangs until it times out, e.g. a fake clock that moves on. */
  readonly timedOut?: (timeout: number) => void;
  /** Sees every request before it is handled. */
  readonly sees?: (request: SimulatedRequest & { readonly origin: string }) => void;
}

/**
 * An axios adapter that hands requests to simulated services without sockets, and gives the errors that a socket would.
 * @param services one service for every origin, or services by origin (`http://127.0.0.1:8181`); no service at an origin: connection refused
 */
export function inProcessAdapter(services: SimulatedService | ReadonlyMap<string, SimulatedService>, options: InProcessOptions = {}): AxiosAdapter {
  return async (config) => {
    const url = new URL(config.url ?? '');
    const service = services instanceof Map ? services.get(url.origin) : (services as SimulatedService);
    if (service === undefined) throw new AxiosError(`connect ECONNREFUSED ${url.host}`, 'ECONNREFUSED', config);
    if (aborted(config)) throw new CanceledError(undefined, config);
    const request = toRequest(url, config);
    options.sees?.({ ...request, origin: url.origin });
    const response = await service.handle(request);
    if (aborted(config)) throw new CanceledError(undefined, config);
    if ('failure' in response) throw failed(response, config, options);
    const headers = new AxiosHeaders(response.headers);
    if (options.now !== undefined && !headers.has('date')) headers.set('date', new Date(options.now()).toUTCString());
    const body = Buffer.from(response.body as Uint8Array);
    return {
      status: response.status,
      statusText: '',
      headers,
      config,
      request: {},
      data: config.responseType === 'stream' ? Readable.from(pieces(body)) : body,
    };
  };
}

const aborted = (config: InternalAxiosRequestConfig): boolean => config.signal?.aborted === true;

function toRequest(url: URL, config: InternalAxiosRequestConfig): SimulatedRequest {
  const headers: Record<string, string> = { host: url.host };
  for (const [name, value] of Object.entries(config.headers.toJSON())) if (value !== undefined && value !== null) headers[name.toLowerCase()] = String(value);
  return {
    method: (config.method ?? 'get').toUpperCase(),
    path: url.pathname,
    query: url.searchParams,
    headers,
    body: Buffer.from(typeof config.data === 'string' ? config.data : ''),
  };
}

function failed({ failure }: SimulatedFailure, config: InternalAxiosRequestConfig, options: InProcessOptions): AxiosError {
  if (failure === 'reset') return new AxiosError('socket hang up', 'ECONNRESET', config);
  const timeout = config.timeout ?? 0;
  options.timedOut?.(timeout);
  return new AxiosError(`timeout of ${timeout}ms exceeded`, 'ECONNABORTED', config);
}

/** A stream of a socket comes in pieces. */
function* pieces(body: Buffer): Generator<Buffer> {
  for (let at = 0; at < body.byteLength; at += 16_384) yield body.subarray(at, at + 16_384);
}
