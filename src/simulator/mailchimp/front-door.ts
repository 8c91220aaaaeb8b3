import { setTimeout as wait } from 'node:timers/promises';
import type { SimulatorClock } from '../clock.ts';
import type { SimulatedFailure, SimulatedRequest, SimulatedResponse } from '../service.ts';
import type { Api, ApiAnswer } from './api.ts';
import type { BatchRunner } from './batch-runner.ts';
import { Connections } from './connections.ts';
import type { Fault, Faults } from './faults.ts';
import { internalError, NoAnswer, Problem, tooManyConnections } from './problem.ts';
import { RequestLog, type LoggedRequest } from './request-log.ts';
import { isResultPath, serveResults } from './result-storage.ts';

type Ending = SimulatedResponse | SimulatedFailure;

type Breaking = Extract<Fault, { kind: 'server-error' | 'reset' | 'hang' | 'broken-json' | 'html' }>;

interface Given {
  readonly api: Api;
  readonly runner: BatchRunner;
  readonly clock: SimulatorClock;
  readonly faults: Faults;
  readonly keys: readonly string[];
  readonly baseUrl: () => string;
}

/** Everything between a socket and the endpoints: redirect, keys, the connection limit, faults, headers, the log. */
export class FrontDoor {
  readonly log = new RequestLog();
  readonly #given: Given;
  readonly #connections: Connections;

  constructor(given: Given) {
    this.#given = given;
    this.#connections = new Connections(given.clock);
  }

  async handle(request: SimulatedRequest): Promise<Ending> {
    const { method, path, query } = request;
    const parameters = [...query.keys()];
    const logged: LoggedRequest = { method, path, parameters, outcome: 'under way', at: this.#given.clock.now() };
    this.log.add(logged);
    const ending = await this.#serve(request);
    logged.outcome = 'failure' in ending ? ending.failure : ending.status;
    return 'failure' in ending ? ending : this.#dated(ending);
  }

  async #serve(request: SimulatedRequest): Promise<Ending> {
    const fault = this.#given.faults.take(request.method, request.path);
    // Results lie in a service of their own: no connection of the user's is taken.
    if (isResultPath(request.path)) return this.#withFault(fault, () => serveResults(request, this.#given.runner));
    if (!this.#connections.take()) return written(this.#given.api.refuse(tooManyConnections()));
    let ending: Ending = { failure: 'reset' };
    try {
      ending = await this.#withFault(fault, () => this.#answer(request));
    } finally {
      if ('failure' in ending && ending.failure === 'hang') this.#connections.leaveHanging();
      else this.#connections.free();
    }
    return ending;
  }

  async #withFault(fault: Fault | null, answer: () => Promise<Ending>): Promise<Ending> {
    if (fault === null) return answer();
    if (fault.kind === 'too-many-requests') return this.#overloaded(fault.body, fault.retryAfter);
    if (fault.kind === 'forbidden') return { status: 403, headers: {}, body: '' };
    if (fault.kind === 'slow') await wait(fault.milliseconds);
    else if (fault.kind === 'held') await fault.until;
    else {
      if (fault.effect === true) await answer();
      return this.#broken(fault);
    }
    return answer();
  }

  #overloaded(withBody: boolean, retryAfter: number | undefined): SimulatedResponse {
    const answer = withBody ? written(this.#given.api.refuse(tooManyConnections())) : { status: 429, headers: {}, body: '' };
    return retryAfter === undefined ? answer : { ...answer, headers: { ...answer.headers, 'retry-after': String(retryAfter) } };
  }

  #broken(fault: Breaking): Ending {
    if (fault.kind === 'reset' || fault.kind === 'hang') return { failure: fault.kind };
    if (fault.kind === 'server-error') return written(this.#given.api.refuse(internalError(fault.status)));
    if (fault.kind === 'broken-json') {
      return { status: 200, headers: { 'content-type': 'application/json; charset=utf-8' }, body: '{"members":[{"id":"' };
    }
    const headers = { 'content-type': 'text/html; charset=utf-8' };
    return { status: fault.status ?? 200, headers, body: '<html><body><h1>Gateway</h1></body></html>' };
  }

  async #answer(request: SimulatedRequest): Promise<Ending> {
    const { api, baseUrl } = this.#given;
    if (request.path === '/3.0') {
      // Recorded: the API's root without its slash leads to plain http, where credentials would be sent in the open.
      return { status: 301, headers: { location: `${baseUrl().replace(/^https:/, 'http:')}/3.0/` }, body: '' };
    }
    if (!request.path.startsWith('/3.0/')) return { status: 404, headers: { 'content-type': 'text/html' }, body: '<h1>Not found</h1>' };
    const refusal = this.#refusalOfKey(request.headers['authorization']);
    if (refusal !== null) return written(api.refuse(refusal));
    try {
      const answer = await api.perform({
        method: request.method,
        path: request.path.slice('/3.0'.length),
        query: request.query,
        body: new TextDecoder().decode(request.body),
      });
      if (request.path.startsWith('/3.0/batches')) await this.#given.runner.step();
      return written(answer);
    } catch (error) {
      if (error instanceof NoAnswer) return { failure: 'hang' };
      throw error;
    }
  }

  /** Basic with any user name, or Bearer. */
  #refusalOfKey(authorization: string | undefined): Problem | null {
    if (authorization === undefined) return new Problem(401, 'API Key Missing', 'Your request did not include an API key.');
    const [scheme = '', value = ''] = authorization.split(' ');
    const key = scheme.toLowerCase() === 'basic' ? Buffer.from(value, 'base64').toString().replace(/^[^:]*:/, '') : value;
    if (this.#given.keys.includes(key) && ['basic', 'bearer'].includes(scheme.toLowerCase())) return null;
    return new Problem(401, 'API Key Invalid', "Your API key may be invalid, or you've attempted to access the wrong datacenter.");
  }

  /** The product measures clocks by this header, so it is the simulator's own, to the second. */
  #dated(response: SimulatedResponse): SimulatedResponse {
    return { ...response, headers: { date: new Date(this.#given.clock.now()).toUTCString(), ...response.headers } };
  }
}

function written(answer: ApiAnswer): SimulatedResponse {
  const type = answer.status >= 400 ? 'application/problem+json' : 'application/json';
  return {
    status: answer.status,
    headers: {
      'content-type': `${type}; charset=utf-8`,
      'x-request-id': answer.requestId,
      ...(answer.allow === undefined ? {} : { allow: answer.allow }),
    },
    body: answer.body,
  };
}
