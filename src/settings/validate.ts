import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { isList, isObject, type Json, type Path } from './json.ts';
import { proposal } from './nearest.ts';
import type { Report } from './problems.ts';
import { SECRET_KIND } from './schema-parts.ts';
import { settingsSchema } from './schema.ts';

const ajv = new Ajv({ allErrors: true, verbose: true, strict: true });
ajv.addVocabulary([SECRET_KIND]);
const fits: ValidateFunction = ajv.compile(settingsSchema);

/** The parts of a schema that complaints are made of. */
interface DescribedSchema {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, DescribedSchema>>;
}

const schemaOf = (error: ErrorObject): DescribedSchema => (error.parentSchema ?? {}) as DescribedSchema;

/** The way to a value, following a JSON pointer: a place in a list is a number. */
const pathOf = (pointer: string, settings: Json): Path => {
  const path: (string | number)[] = [];
  let value: Json | undefined = settings;
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (isList(value)) {
      path.push(Number(name));
      value = value[Number(name)];
    } else {
      path.push(name);
      value = isObject(value) ? value[name] : undefined;
    }
  }
  return path;
};

/** What stands there, without quoting a text: it may be a secret at the wrong place. */
const kindOf = (value: unknown): string => {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list in brackets [ ]';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return value === '' ? 'an empty text' : 'a text';
  return 'several settings in braces { }';
};

const unknownName = (error: ErrorObject, name: string): string => {
  const known = Object.keys(schemaOf(error).properties ?? {});
  if (known.length === 0) return 'a name with a line break is not possible here';
  return `there is no such setting here${proposal(name, known)}`;
};

const mismatch = (error: ErrorObject): string => {
  const { description } = schemaOf(error);
  return `expected ${description ?? 'another value'}, found ${kindOf(error.data)}`;
};

const notAllowed = (error: ErrorObject, allowed: readonly string[]): string => {
  const values = allowed.map((value) => `"${value}"`).join(' or ');
  if (typeof error.data !== 'string') return `expected ${values}, found ${kindOf(error.data)}`;
  return `expected ${values}, found "${error.data}"${allowed.length > 1 ? proposal(error.data, allowed) : ''}`;
};

const tell = (error: ErrorObject, path: Path, report: Report): void => {
  const params = error.params as { additionalProperty?: string; missingProperty?: string; allowedValues?: string[] };
  if (params.additionalProperty !== undefined) {
    report([...path, params.additionalProperty], unknownName(error, params.additionalProperty));
  } else if (params.missingProperty !== undefined) {
    const missing = schemaOf(error).properties?.[params.missingProperty];
    const what = missing?.description === undefined ? '' : `: ${missing.description}`;
    report(path, `"${params.missingProperty}" is missing${what}`);
  } else if (params.allowedValues !== undefined) {
    report(path, notAllowed(error, params.allowedValues));
  } else {
    report(path, mismatch(error));
  }
};

/** What a choice of forms refuses is told once, by the choice, not again by each form. */
const withoutForms = (errors: readonly ErrorObject[]): ErrorObject[] => {
  const choices = errors.filter((error) => error.keyword === 'anyOf');
  return errors.filter(
    (error) =>
      !choices.some((choice) => {
        const inChoice = error.schemaPath.startsWith(`${choice.schemaPath}/`);
        return inChoice && `${error.instancePath}/`.startsWith(`${choice.instancePath}/`);
      }),
  );
};

/** Do settings fit the schema? Everything that does not is reported. */
export const validate = (settings: Json, report: Report): boolean => {
  if (fits(settings)) return true;
  for (const error of withoutForms(fits.errors ?? [])) tell(error, pathOf(error.instancePath, settings), report);
  return false;
};
