import type { Account } from './account.ts';
import type { Audience } from './audience.ts';
import { readInstant } from './instants.ts';
import { invalidFields, invalidResource, notFound, Problem, strictly } from './problem.ts';

/** Kinds of JSON as Mailchimp's schema messages name them. */
type JsonKind = 'string' | 'boolean' | 'integer' | 'object' | 'array';

/** The fields that a body may have, each with its kind. */
export type BodyShape = Readonly<Record<string, JsonKind>>;

export type JsonObject = Readonly<Record<string, unknown>>;

/** One call of an endpoint, by HTTP or as an operation of a batch. */
export class Call {
  readonly account: Account;
  readonly query: URLSearchParams;
  /** Base of links, with `/3.0`. */
  readonly base: string;
  readonly strict: boolean;
  readonly #path: Readonly<Record<string, string>>;
  readonly #body: string;

  constructor(given: {
    readonly account: Account;
    readonly path: Readonly<Record<string, string>>;
    readonly query: URLSearchParams;
    readonly body: string;
    readonly base: string;
    readonly strict: boolean;
  }) {
    this.account = given.account;
    this.query = given.query;
    this.base = given.base;
    this.strict = given.strict;
    this.#path = given.path;
    this.#body = given.body;
  }

  /** A variable part of the path. */
  part(name: string): string {
    const value = this.#path[name];
    if (value === undefined) throw new Error(`The route has no part ${name}.`);
    return value;
  }

  /** The audience that the path names. */
  audience(): Audience {
    const audience = this.account.audience(this.part('list'));
    if (audience === undefined) throw notFound();
    return audience;
  }

  /** A whole number of the query; refused outside its range (the refusal of the real service is assumed). */
  whole(name: string, fallback: number, most: number): number {
    const text = this.query.get(name);
    if (text === null) return fallback;
    const value = Number(text);
    if (!/^\d+$/.test(text)) throw invalidFields([{ field: name, message: 'Schema describes integer, string found instead' }]);
    if (value > most) throw invalidFields([{ field: name, message: `Value must be less than or equal to ${most}.` }]);
    return value;
  }

  choice<Value extends string>(name: string, values: readonly Value[]): Value | null {
    const text = this.query.get(name);
    if (text === null) return null;
    const value = values.find((one) => one === text);
    if (value === undefined) throw notAccepted(name, values);
    return value;
  }

  flag(name: string): boolean {
    const text = this.query.get(name);
    return text !== null && ['true', '1'].includes(text.toLowerCase());
  }

  /** ms; null when it is not asked. */
  instant(name: string): number | null {
    const text = this.query.get(name);
    if (text === null) return null;
    const instant = readInstant(text);
    if (instant === null) throw invalidFields([{ field: name, message: 'Please enter a valid date' }]);
    return instant;
  }

  /** Cuts a collection as `count` (default 10, at most 1,000) and `offset` ask. */
  page<Item>(items: readonly Item[]): Item[] {
    const offset = this.whole('offset', 0, Number.MAX_SAFE_INTEGER);
    return items.slice(offset, offset + this.whole('count', 10, 1000));
  }

  /** The JSON body, its fields checked. */
  json(shape: BodyShape): JsonObject {
    return checkShape(parseBody(this.#body), shape, this.strict);
  }
}

/** A text of a checked body; '' when it is not there. */
export function textOf(body: JsonObject, name: string): string {
  const value = body[name];
  return typeof value === 'string' ? value : '';
}

export function notAccepted(field: string, values: readonly string[]): Problem {
  const message = `Value must be one of the following: ${values.join(', ')}.`;
  return invalidFields([{ field, message }]);
}

/** Checks the kinds of an object's fields; unknown ones are refused when strict, else dropped. */
export function checkShape(body: unknown, shape: BodyShape, strict: boolean, prefix = ''): JsonObject {
  if (kindOf(body) !== 'object') throw invalidFields([{ field: prefix, message: `Schema describes object, ${kindOf(body)} found instead` }]);
  const checked: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(body as JsonObject)) {
    const wanted = shape[name];
    if (wanted === undefined) {
      if (strict) throw strictly(prefix + name, 'Unknown field');
      continue;
    }
    const found = kindOf(value);
    if (found !== wanted) {
      throw invalidFields([{ field: prefix + name, message: `Schema describes ${wanted}, ${found} found instead` }]);
    }
    checked[name] = value;
  }
  return checked;
}

function parseBody(text: string): unknown {
  if (text === '') throw invalidResource('The resource submitted could not be validated.');
  try {
    return JSON.parse(text);
  } catch {
    const detail = 'We encountered an unspecified JSON parsing error. This error can be caused by incorrectly formatted JSON.';
    throw new Problem(400, 'JSON Parse Error', detail);
  }
}

function kindOf(value: unknown): string {
  if (value === null) return 'NULL';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}
