import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SimulatorClock } from './clock.ts';
import { RequestCounter } from './request-counter.ts';
import type { SimulatedRequest, SimulatedResponse, SimulatedService } from './service.ts';

export interface ServeOptions {
  /** Dates the answers of a service that does not do so itself. */
  readonly clock: SimulatorClock;
  /** A free one when 0 or missing. */
  readonly port?: number;
  /** Largest body in bytes; a larger one is answered 413. Default 32 MiB, far above a batch of 1,000 operations. */
  readonly largestBody?: number;
  /** After every request that was handled, however it ended. */
  readonly handled?: (request: SimulatedRequest) => void;
}

/** A simulated service that answers on a port of 127.0.0.1. */
export interface ServedService {
  /** `http://127.0.0.1:{port}`, without trailing slash. */
  readonly url: string;
  readonly port: number;
  readonly requests: RequestCounter;
  /** Lets requests under way end (those left hanging are cut off), then frees the port. */
  close(): Promise<void>;
}

/** How long requests under way may take to end when the server closes, in ms. */
const CLOSING = 1000;

/** Puts a simulated service on a port of 127.0.0.1, and nowhere else. Rejects when the port is taken. */
export async function serve(service: Pick<SimulatedService, 'handle'>, options: ServeOptions): Promise<ServedService> {
  const requests = new RequestCounter();
  const largestBody = options.largestBody ?? 32 * 1024 * 1024;
  const server = createServer((incoming, outgoing) => {
    answer(service, incoming, outgoing, { ...options, largestBody, requests }).catch(() => incoming.socket.destroy());
  });
  // Longer than any client keeps a connection that it does not use, so that it is never cut off as it sends.
  server.keepAliveTimeout = 120_000;
  server.requestTimeout = 0;
  const port = await listen(server, options.port ?? 0);
  return { url: `http://127.0.0.1:${port}`, port, requests, close: () => close(server) };
}

interface Answering extends ServeOptions {
  readonly largestBody: number;
  readonly requests: RequestCounter;
}

async function answer(service: Pick<SimulatedService, 'handle'>, incoming: IncomingMessage, outgoing: ServerResponse, options: Answering): Promise<void> {
  const body = await readBody(incoming, options.largestBody);
  if (body === null) {
    outgoing.writeHead(413, { 'content-type': 'text/plain', connection: 'close' }).end('Request Entity Too Large\n');
    return;
  }
  const request = toRequest(incoming, body);
  options.requests.count(request);
  const response = await service.handle(request).catch(internalError);
  options.handled?.(request);
  if (!('failure' in response)) send(outgoing, response, options.clock);
  else if (response.failure === 'reset') incoming.socket.resetAndDestroy();
}

/** Null when the body is larger than `largest`; what comes beyond is read and thrown away. */
async function readBody(incoming: IncomingMessage, largest: number): Promise<Uint8Array | null> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of incoming as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length <= largest) chunks.push(chunk);
    else chunks.length = 0;
  }
  return length > largest ? null : Buffer.concat(chunks);
}

function toRequest(incoming: IncomingMessage, body: Uint8Array): SimulatedRequest {
  const url = incoming.url ?? '/';
  const question = url.indexOf('?');
  const headers = Object.entries(incoming.headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')] as const);
  return {
    method: incoming.method ?? 'GET',
    path: question < 0 ? url : url.slice(0, question),
    query: new URLSearchParams(question < 0 ? '' : url.slice(question + 1)),
    headers: Object.fromEntries(headers),
    body,
  };
}

/** An exception is a slip of the simulator, not a fault that it plays: it is shown in full. */
function internalError(error: unknown): SimulatedResponse {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(`simulator: ${text}\n`);
  return { status: 500, headers: { 'content-type': 'text/plain' }, body: `The simulator failed: ${text}\n` };
}

function send(outgoing: ServerResponse, response: SimulatedResponse, clock: SimulatorClock): void {
  outgoing.statusCode = response.status;
  outgoing.setHeader('date', new Date(clock.now()).toUTCString());
  for (const [name, value] of Object.entries(response.headers)) outgoing.setHeader(name, value);
  outgoing.end(response.body);
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port }, () => {
      server.off('error', reject);
      resolve((server.address() as AddressInfo).port);
    });
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    const cut = setTimeout(() => server.closeAllConnections(), CLOSING);
    server.close((error) => {
      clearTimeout(cut);
      if (error) reject(error);
      else resolve();
    });
  });
}
