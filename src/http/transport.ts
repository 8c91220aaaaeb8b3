import http from 'node:http';
import https from 'node:https';
import type { Readable } from 'node:stream';
import { AxiosError, create, type AxiosAdapter, type AxiosInstance, type AxiosRequestConfig } from 'axios';
import type { Duration } from '../base/clock.ts';

/** One HTTP request. Nothing of it is ever logged: URL, headers and body may hold keys and people's data. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** How long the service may stay silent. */
  readonly timeout: Duration;
  /**
   * A request that may be sent again may use a connection that is open already. One that may not gets a connection
   * of its own: a server can close an idle one at the very moment of sending, which leaves open what became of the request.
   */
  readonly repeatable: boolean;
}

export interface HttpAnswer<Body = Uint8Array> {
  readonly kind: 'answer';
  readonly status: number;
  /** A header by its name in lower case; null when there is none. */
  readonly header: (name: string) => string | null;
  readonly body: Body;
}

/** Why a request has no answer. */
export interface HttpFailure {
  readonly kind: 'failure';
  /**
   * `refused`: no connection came about, so nothing was done · `reset`: the connection broke · `timed_out`: no answer ·
   * `aborted`: the caller stopped it · `unusable`: trying again would end the same way (certificate, oversized answer).
   */
  readonly reason: 'refused' | 'reset' | 'timed_out' | 'aborted' | 'unusable';
  /** Node's or axios's code, such as `ECONNRESET`. */
  readonly code: string;
}

export type HttpOutcome<Body = Uint8Array> = HttpAnswer<Body> | HttpFailure;

/** Sends single requests. Never throws what axios throws: an AxiosError prints its headers, key included. */
export interface Transport {
  /** Reads the whole body, at most `LARGEST_BODY`. */
  send(request: HttpRequest, signal?: AbortSignal): Promise<HttpOutcome>;
  /** Gives the body as a stream that the caller reads or destroys; no decompression. */
  open(request: HttpRequest, signal?: AbortSignal): Promise<HttpOutcome<Readable>>;
}

/** No answer of either API comes near: 5,000 CiviCRM rows take 1.4 MB, 1,000 members 2.5 MB. */
const LARGEST_BODY = 64 * 1024 * 1024;

const keptOpen = { httpAgent: new http.Agent({ keepAlive: true }), httpsAgent: new https.Agent({ keepAlive: true }) };
const usedOnce = { httpAgent: new http.Agent({ keepAlive: false }), httpsAgent: new https.Agent({ keepAlive: false }) };

/** @param adapter an axios adapter to use in place of sockets. */
export function createTransport(adapter?: AxiosAdapter): Transport {
  const client = create({
    ...(adapter === undefined ? {} : { adapter }),
    // A redirect is an answer: followed, it would carry the credentials elsewhere (facts/mailchimp.md: to http://).
    maxRedirects: 0,
    validateStatus: () => true,
    transformRequest: [(data: unknown) => data],
    transformResponse: [(data: unknown) => data],
  });
  return {
    send: (request, signal) =>
      perform(client, request, { responseType: 'arraybuffer', maxContentLength: LARGEST_BODY, maxBodyLength: LARGEST_BODY }, signal, bytesOf),
    open: (request, signal) => perform(client, request, { responseType: 'stream', decompress: false }, signal, (data) => data as Readable),
  };
}

async function perform<Body>(
  client: AxiosInstance,
  request: HttpRequest,
  config: AxiosRequestConfig,
  signal: AbortSignal | undefined,
  read: (data: unknown) => Body,
): Promise<HttpOutcome<Body>> {
  try {
    const response = await client.request<unknown>({
      ...config,
      ...(request.repeatable ? keptOpen : usedOnce),
      method: request.method,
      url: request.url,
      headers: { 'User-Agent': 'node-red-civicrm-mailchimp', ...request.headers },
      data: request.body,
      timeout: request.timeout,
      ...(signal === undefined ? {} : { signal }),
    });
    const headers = new Map<string, string>();
    for (const [name, value] of Object.entries(response.headers)) headers.set(name.toLowerCase(), String(value));
    return { kind: 'answer', status: response.status, header: (name) => headers.get(name) ?? null, body: read(response.data) };
  } catch (error) {
    return failureOf(error, signal);
  }
}

function bytesOf(data: unknown): Uint8Array {
  if (data instanceof Uint8Array) return data;
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  return Buffer.from(typeof data === 'string' ? data : '');
}

/** No connection came about: nothing can have been done. */
const REFUSED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN']);
const TIMED_OUT = new Set(['ECONNABORTED', 'ETIMEDOUT']);
const RESET = new Set(['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE', 'ERR_NETWORK', 'ERR_BAD_RESPONSE', 'ERR_SOCKET_CLOSED']);

/** What an error of axios or Node says about the request. */
export function failureOf(error: unknown, signal?: AbortSignal): HttpFailure {
  if (signal?.aborted === true) return { kind: 'failure', reason: 'aborted', code: 'ERR_CANCELED' };
  const code = codeOfError(error);
  if (isTooLarge(error)) return { kind: 'failure', reason: 'unusable', code: 'too large' };
  if (REFUSED.has(code)) return { kind: 'failure', reason: 'refused', code };
  if (TIMED_OUT.has(code)) return { kind: 'failure', reason: 'timed_out', code };
  if (RESET.has(code)) return { kind: 'failure', reason: 'reset', code };
  return { kind: 'failure', reason: 'unusable', code };
}

const isTooLarge = (error: unknown): boolean => error instanceof AxiosError && error.message.startsWith('maxContentLength');

function codeOfError(error: unknown): string {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return error instanceof Error ? error.name : 'unknown';
}
