import assert from 'node:assert/strict';
import { SimulatorClock } from '../../../src/simulator/clock.ts';
import type { CivicrmSimulatorOptions, Permission } from '../../../src/simulator/civicrm/options.ts';
import { SYNC_PERMISSIONS } from '../../../src/simulator/civicrm/keys.ts';
import { CivicrmSimulator } from '../../../src/simulator/civicrm/simulator.ts';
import type { SimulatedRequest, SimulatedResponse } from '../../../src/simulator/service.ts';

export const KEY = 'sync-key';
export const NOW = Date.UTC(2026, 10, 24, 12, 0, 0);

/** A seeded random number, so that a test that fails fails again. */
export function seeded(seed = 7): () => number {
  let state = seed;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

export interface TestSite {
  readonly civi: CivicrmSimulator;
  readonly clock: SimulatorClock;
}

/** A site at a standing clock. */
export function site(options: Partial<CivicrmSimulatorOptions> = {}): TestSite {
  const clock = new SimulatorClock();
  clock.freeze(NOW);
  return { clock, civi: new CivicrmSimulator({ clock, random: seeded(), apiKey: KEY, ...options }) };
}

export const without = (...permissions: readonly Permission[]): readonly Permission[] => SYNC_PERMISSIONS.filter((permission) => !permissions.includes(permission));
export const everything: readonly Permission[] = [...SYNC_PERMISSIONS, 'delete contacts', 'view all activities', 'administer CiviCRM'];

export interface RequestOptions {
  readonly method?: string;
  readonly path?: string;
  readonly query?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const FORM = 'application/x-www-form-urlencoded';

export function request(options: RequestOptions): SimulatedRequest {
  return {
    method: options.method ?? 'POST',
    path: options.path ?? '/civicrm/ajax/api4/Contact/get',
    query: new URLSearchParams(options.query ?? ''),
    headers: options.headers ?? { 'x-civi-auth': `Bearer ${KEY}`, 'content-type': FORM },
    body: Buffer.from(options.body ?? ''),
  };
}

export async function send(civi: CivicrmSimulator, options: RequestOptions): Promise<SimulatedResponse> {
  const response = await civi.handle(request(options));
  if ('failure' in response) throw new Error(`the request ended in ${response.failure}`);
  return response;
}

export interface Answer {
  readonly status: number;
  readonly values: readonly Readonly<Record<string, unknown>>[];
  readonly count: number;
  readonly countMatched: number | undefined;
  readonly message: string | undefined;
  readonly body: Readonly<Record<string, unknown>>;
}

/** One call of the API, by form field, as the product sends it. */
export async function call(civi: CivicrmSimulator, name: string, params: unknown = {}, key = KEY): Promise<Answer> {
  const response = await send(civi, {
    path: `/civicrm/ajax/api4/${name.replace('.', '/')}`,
    headers: { 'x-civi-auth': `Bearer ${key}`, 'content-type': FORM },
    body: new URLSearchParams({ params: JSON.stringify(params) }).toString(),
  });
  assert.equal(response.headers['content-type'], 'application/json', String(response.body));
  const body = JSON.parse(String(response.body)) as Readonly<Record<string, unknown>>;
  return {
    status: response.status,
    values: body['values'] as Answer['values'],
    count: body['count'] as number,
    countMatched: body['countMatched'] as number | undefined,
    message: body['error_message'] as string | undefined,
    body,
  };
}

/** The rows of a read that must succeed. */
export async function rows(civi: CivicrmSimulator, name: string, params: unknown, key = KEY): Promise<Answer['values']> {
  const answer = await call(civi, name, params, key);
  assert.equal(answer.status, 200, answer.message);
  return answer.values;
}

export const BY_ID = { orderBy: { id: 'ASC' } };
