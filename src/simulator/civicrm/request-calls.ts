import type { SimulatedRequest } from '../service.ts';
import type { ApiCall } from './api.ts';
import { callName } from './api.ts';
import { PhpError } from './failures.ts';
import { formField } from './form.ts';
import type { CivicrmVersion } from './options.ts';
import type { Values } from './parameters.ts';

const isRecord = (value: unknown): value is Values => typeof value === 'object' && value !== null && !Array.isArray(value);

/** What a request asks for. `names` are as in the path, so that it can be told before its parameters are read. */
export interface Asked {
  readonly entity: string;
  readonly action: string;
}

/** The entity and action that a route names; a batch names neither. A slash too many does no harm (recorded). */
export function askedBy(route: string): Asked | 'batch' {
  const [entity = '', action = ''] = route.split('/').filter((part) => part !== '');
  return entity === '' ? 'batch' : callName(entity, action);
}

/** The call of a request that is not a batch. Parameters that cannot be read make PHP fail (recorded). */
export function singleCall(request: SimulatedRequest, form: ReadonlyMap<string, string>, asked: Asked, version: CivicrmVersion): ApiCall {
  const text = formField(request, form, 'params') ?? '';
  const index = formField(request, form, 'index');
  const parameters = text === '' ? queryParameters(request, version) : readParameters(text);
  return { ...asked, parameters, index };
}

function readParameters(text: string): Values {
  const value = parsed(text);
  if (value === null || (Array.isArray(value) && value.length === 0)) return {};
  if (!isRecord(value)) throw new PhpError('params is not an object');
  return value;
}

/** Newer versions take single parameters from the query of a GET; 6.5 ignores them (recorded). */
function queryParameters(request: SimulatedRequest, version: CivicrmVersion): Values {
  if (request.method !== 'GET' || version === '6.5') return {};
  const own = new Set(['params', 'index', 'civiwp', 'q', 'option', 'task', '_authx', 'api_key']);
  const given = [...request.query].filter(([name]) => !own.has(name));
  return Object.fromEntries(given.map(([name, value]) => [name, /^[[{"]/.test(value) ? parsed(value) : value]));
}

/** Calls of a batch, by their places in the answer; null when `calls` cannot be read or holds none. */
export function batchCalls(form: ReadonlyMap<string, string>): ReadonlyMap<string, ApiCall> | null {
  const text = form.get('calls');
  if (text === undefined) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const entries = typeof value === 'object' && value !== null ? Object.entries(value as Values) : [];
  return entries.length === 0 ? null : new Map(entries.map(([place, call]) => [place, batchCall(call)]));
}

function batchCall(value: unknown): ApiCall {
  const [entity, action, parameters, index] = Array.isArray(value) ? (value as unknown[]) : [];
  if (typeof entity !== 'string' || typeof action !== 'string') throw new PhpError('a call of a batch needs an entity and an action');
  return { ...callName(entity, action), parameters: isRecord(parameters) ? parameters : {}, index };
}

/** Whether the answer of a batch is an object (as its calls were) or a list. */
export const isKeyed = (form: ReadonlyMap<string, string>): boolean => (form.get('calls') ?? '').trimStart().startsWith('{');

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new PhpError('params is not JSON');
  }
}
