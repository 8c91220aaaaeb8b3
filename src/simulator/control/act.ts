/** The caller's slip: an unknown act, or an argument that is missing, unknown or of the wrong kind. Answered 400. */
export class ControlError extends Error {}

/** A named argument of an act. */
export interface Parameter<Value> {
  readonly name: string;
  /** For people, e.g. "a number". */
  readonly kind: string;
  /** Undefined when it is not of this kind. */
  readonly accepts: (value: unknown) => value is Value;
  readonly required: boolean;
}

/** One thing that may be done from outside. */
export interface Act {
  /** Kind of each argument by its name. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Does it, once every argument is right; throws a `ControlError` otherwise. The result is answered as JSON. */
  readonly perform: (args: Readonly<Record<string, unknown>>) => unknown;
}

/** What may be done, by name; everything else is refused. */
export type Acts = Readonly<Record<string, Act>>;

type Values<Parameters extends readonly Parameter<unknown>[]> = { [Index in keyof Parameters]: Parameters[Index] extends Parameter<infer Value> ? Value : never };

/** An act with these arguments, in this order. */
export function act<const Parameters extends readonly Parameter<unknown>[]>(parameters: Parameters, run: (...values: Values<Parameters>) => unknown): Act {
  return {
    parameters: Object.fromEntries(parameters.map(({ name, kind, required }) => [name, required ? kind : `${kind}, optional`])),
    perform: (args) => {
      const unknown = Object.keys(args).find((name) => !parameters.some((parameter) => parameter.name === name));
      if (unknown !== undefined) throw new ControlError(`unknown argument "${unknown}"`);
      // Each value was accepted by its own parameter.
      return run(...(parameters.map((parameter) => valueOf(parameter, args[parameter.name])) as Values<Parameters>));
    },
  };
}

function valueOf({ name, kind, accepts }: Parameter<unknown>, value: unknown): unknown {
  if (accepts(value)) return value;
  throw new ControlError(value === undefined ? `argument "${name}" is missing: ${kind}` : `argument "${name}" must be ${kind}, not ${JSON.stringify(value)}`);
}

const parameter = <Value>(name: string, kind: string, accepts: (value: unknown) => value is Value): Parameter<Value> => ({ name, kind, accepts, required: true });

const isText = (value: unknown): value is string => typeof value === 'string';
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value);
export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value);
const isListOf =
  <Item>(isItem: (value: unknown) => value is Item) =>
  (value: unknown): value is readonly Item[] =>
    Array.isArray(value) && value.every(isItem);

export const text = (name: string): Parameter<string> => parameter(name, 'a text', isText);
export const number = (name: string): Parameter<number> => parameter(name, 'a number', isNumber);
export const boolean = (name: string): Parameter<boolean> => parameter(name, 'true or false', (value): value is boolean => typeof value === 'boolean');
export const numbers = (name: string): Parameter<readonly number[]> => parameter(name, 'a list of numbers', isListOf(isNumber));
export const texts = (name: string): Parameter<readonly string[]> => parameter(name, 'a list of texts', isListOf(isText));
/** Clauses of a `where` of APIv4. */
export const clauses = (name: string): Parameter<readonly unknown[]> => parameter(name, 'a list of clauses', isListOf((value): value is readonly unknown[] => Array.isArray(value)));
export const oneOf = <const Value extends string>(name: string, values: readonly Value[]): Parameter<Value> =>
  parameter(name, `one of: ${values.join(', ')}`, (value): value is Value => values.some((each) => each === value));

/** What a custom field holds. */
export const customValue = (name: string): Parameter<string | number | boolean | readonly string[]> =>
  parameter(name, 'a text, a number, true or false, or a list of texts', (value): value is string | number | boolean | readonly string[] => isText(value) || isNumber(value) || typeof value === 'boolean' || isListOf(isText)(value));

/** An object whose properties the service itself takes as they are: for set-up by tests. */
export const object = <Shape extends object>(name: string): Parameter<Shape> => parameter(name, 'an object', (value): value is Shape => isObject(value));
export const objects = <Shape extends object>(name: string): Parameter<readonly Shape[]> =>
  parameter(name, 'a list of objects', isListOf((value): value is Shape => isObject(value)));

/** May be left out. */
export const optional = <Value>({ name, kind, accepts }: Parameter<Value>): Parameter<Value | undefined> => ({
  name,
  kind,
  accepts: (value): value is Value | undefined => value === undefined || accepts(value),
  required: false,
});
