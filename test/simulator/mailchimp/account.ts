import assert from 'node:assert/strict';
import { SimulatorClock } from '../../../src/simulator/clock.ts';
import type { ImportedMember } from '../../../src/simulator/mailchimp/member-import.ts';
import { MailchimpSimulator, type MailchimpSimulatorOptions } from '../../../src/simulator/mailchimp/simulator.ts';
import { SeededRandom } from '../../../src/simulator/seeded-random.ts';
import type { SimulatedFailure, SimulatedRequest, SimulatedResponse } from '../../../src/simulator/service.ts';

export const apiKey = '0123456789abcdef0123456789abcdef-us11';
export const baseUrl = 'http://127.0.0.1:8181';
export const noon = Date.UTC(2026, 2, 1, 12, 0, 0);
export const minute = 60_000;
export const day = 24 * 60 * minute;
export const list = 'a1b2c3d4e5';

/** An answer with its JSON read; `body` is {} when there is none. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: { readonly [name: string]: Json };
}

export type Json = string | number | boolean | null | Json[] | { readonly [name: string]: Json };

export interface Asking {
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A simulated account with one audience, its clock standing at noon, and a caller with the right key. */
export class TestAccount {
  readonly clock = new SimulatorClock();
  readonly simulator: MailchimpSimulator;

  constructor(options: Partial<MailchimpSimulatorOptions> = {}) {
    const random = new SeededRandom(7);
    this.clock.freeze(noon);
    this.simulator = new MailchimpSimulator({
      clock: this.clock,
      random: () => random.fraction(),
      apiKey,
      baseUrl: () => baseUrl,
      ...options,
    });
    this.simulator.setup.createList({ id: list, name: 'Newsletter' });
  }

  /** Sends a request below `/3.0`, whatever it ends in. */
  end(method: string, path: string, { query = {}, body, headers = {} }: Asking = {}): Promise<SimulatedResponse | SimulatedFailure> {
    return this.simulator.handle(request(method, `/3.0${path}`, { query, body, headers: { authorization: `Bearer ${apiKey}`, ...headers } }));
  }

  async ask(method: string, path: string, asking: Asking = {}): Promise<Answer> {
    return read(await this.end(method, path, asking));
  }

  get(path: string, query: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.ask('GET', path, { query });
  }

  /** A member by hash, `contact_id` or address. */
  member(key: string): Promise<Answer> {
    return this.get(`/lists/${list}/members/${encodeURIComponent(key)}`);
  }

  addMember(body: unknown, query: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.ask('POST', `/lists/${list}/members`, { body, query });
  }

  putMember(key: string, body: unknown, query: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.ask('PUT', `/lists/${list}/members/${encodeURIComponent(key)}`, { body, query });
  }

  patchMember(key: string, body: unknown, query: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.ask('PATCH', `/lists/${list}/members/${encodeURIComponent(key)}`, { body, query });
  }

  members(query: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.get(`/lists/${list}/members`, query);
  }

  have(...members: readonly ImportedMember[]): void {
    this.simulator.importMembers(list, members);
  }

  later(by: number): void {
    this.clock.advance(by);
  }
}

export function request(method: string, path: string, { query = {}, body, headers = {} }: Asking): SimulatedRequest {
  const sent = typeof body === 'string' ? body : JSON.stringify(body ?? null);
  return { method, path, query: new URLSearchParams(query), headers, body: body === undefined ? new Uint8Array() : Buffer.from(sent) };
}

export function read(ending: SimulatedResponse | SimulatedFailure): Answer {
  if ('failure' in ending) throw new Error(`the request ended in a ${ending.failure}`);
  const received = typeof ending.body === 'string' ? ending.body : Buffer.from(ending.body).toString();
  const json = (ending.headers['content-type'] ?? '').includes('json') && received !== '';
  return { status: ending.status, headers: ending.headers, body: json ? (JSON.parse(received) as Answer['body']) : {} };
}

/** The objects of a list in an answer. */
export function rows(answer: Answer, name: string): { readonly [name: string]: Json }[] {
  const value = answer.body[name];
  assert.ok(Array.isArray(value), `${name} is a list`);
  return value as { readonly [name: string]: Json }[];
}

/** The addresses of a page of members, in its order. */
export function addresses(answer: Answer): Json[] {
  return rows(answer, 'members').map((member) => member['email_address'] ?? '');
}

export function subscribed(email: string): ImportedMember {
  return { email, status: 'subscribed' };
}

/** A field that must be a text or a number, as text. */
export function text(object: { readonly [name: string]: Json } | undefined, name: string): string {
  const value = object?.[name];
  assert.ok(typeof value === 'string' || typeof value === 'number', `${name} is text or number`);
  return String(value);
}

/** A refusal as one line: `400 Member Exists: detail`. */
export function refusal({ body }: Answer): string {
  return `${text(body, 'status')} ${text(body, 'title')}: ${text(body, 'detail')}`;
}
