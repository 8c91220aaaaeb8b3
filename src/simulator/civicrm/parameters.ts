import { ApiError, NotSimulated } from './failures.ts';
import type { CivicrmVersion } from './options.ts';
import type { OrderBy } from './order.ts';

export type Values = Readonly<Record<string, unknown>>;
type Kind = 'list' | 'number' | 'flag' | 'text' | 'any';

const TYPE_NAMES: Readonly<Record<Exclude<Kind, 'any'>, string>> = { list: 'array', number: 'int', flag: 'bool', text: 'string' };

const COMMON: Readonly<Record<string, Kind>> = { checkPermissions: 'flag', chain: 'list', debug: 'flag', language: 'text', version: 'any' };
const QUERY = { where: 'list', orderBy: 'list', limit: 'number', offset: 'number' } as const;

/** Parameters that each action has; anything else is refused. */
const ACTIONS: Readonly<Record<string, Readonly<Record<string, Kind>>>> = {
  get: { ...QUERY, select: 'list', join: 'list', groupBy: 'list', having: 'list' },
  create: { values: 'list' },
  update: { ...QUERY, values: 'list', reload: 'any' },
  save: { records: 'list', defaults: 'list', match: 'list', reload: 'any' },
  delete: { ...QUERY },
  getMergedTo: { contactId: 'number', isTest: 'flag' },
  getMergedFrom: { contactId: 'number' },
  getFields: { ...QUERY, select: 'list', loadOptions: 'any', action: 'text', values: 'list' },
};
const MARK = { method: 'text', tracking: 'text' } as const;
/** Parameters of one entity's action alone. */
const OWN: Readonly<Record<string, Readonly<Record<string, Kind>>>> = {
  'GroupContact.create': MARK,
  'GroupContact.save': MARK,
  'GroupContact.update': MARK,
  'Contact.delete': { useTrash: 'flag' },
};

const isRecord = (value: unknown): value is Values => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The parameters of one call, checked as CiviCRM checks them. */
export class Parameters {
  readonly #given: Values;

  /** @throws ApiError for a parameter that the action does not have or that has another type. */
  constructor(entity: string, action: string, given: Values, version: CivicrmVersion) {
    const known = { ...COMMON, ...ACTIONS[action], ...OWN[`${entity}.${action}`] };
    for (const [name, value] of Object.entries(given)) check(name, value, known[name], version);
    this.#given = given;
    for (const name of ['join', 'having']) if (this.list(name).length > 0) throw new NotSimulated(`the parameter ${name}`);
  }

  has(name: string): boolean {
    const value = this.#given[name];
    return value !== undefined && value !== null;
  }

  list(name: string): readonly unknown[] {
    const value = this.#given[name];
    if (Array.isArray(value)) return value as unknown[];
    return isRecord(value) ? Object.values(value) : [];
  }

  texts(name: string): readonly string[] {
    return this.list(name).filter((item) => typeof item === 'string');
  }

  record(name: string): Values {
    const value = this.#given[name];
    return isRecord(value) ? value : {};
  }

  /** Several records; each must be an object. */
  records(name: string): readonly Values[] {
    return this.list(name).map((item) => (isRecord(item) ? item : {}));
  }

  orderBy(): OrderBy {
    return this.record('orderBy');
  }

  number(name: string): number {
    return Number(this.#given[name] ?? 0);
  }

  flag(name: string, otherwise: boolean): boolean {
    const value = this.#given[name];
    return value === undefined || value === null ? otherwise : value === true || value === 1 || value === '1';
  }

  text(name: string): string | null {
    const value = this.#given[name];
    return typeof value === 'string' ? value : null;
  }

  raw(name: string): unknown {
    return this.#given[name];
  }
}

function check(name: string, value: unknown, kind: Kind | undefined, version: CivicrmVersion): void {
  if (kind === undefined) {
    const shown = version === '6.18' ? name : `set${name.charAt(0).toUpperCase()}${name.slice(1)}`;
    throw new ApiError(`Unknown api parameter: ${shown}`);
  }
  if (value === null || kind === 'any' || FITS[kind](value)) return;
  throw new ApiError(`Parameter "${name}" is not of the correct type. Expecting ${TYPE_NAMES[kind]}.`);
}

const FITS: Readonly<Record<Exclude<Kind, 'any'>, (value: unknown) => boolean>> = {
  list: (value) => typeof value === 'object',
  number: (value) => typeof value === 'number' || (typeof value === 'string' && /^-?\d+$/.test(value)),
  flag: (value) => typeof value === 'boolean' || value === 0 || value === 1 || value === '0' || value === '1',
  text: (value) => typeof value === 'string',
};
