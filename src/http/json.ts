import { Ajv } from 'ajv';
import type { Static, TSchema } from 'typebox';

const ajv = new Ajv({ allErrors: false, strict: true });

/** Whether a value has a shape; if not, where it differs, without the value. */
export type Checked<Value> = { readonly fits: true; readonly value: Value } | { readonly fits: false; readonly where: string };

/** Compiles a schema into a check. Fields that the schema does not name are fine. */
export function checkerOf<Schema extends TSchema>(schema: Schema): (value: unknown) => Checked<Static<Schema>> {
  const validate = ajv.compile(schema);
  return (value) => {
    if (validate(value)) return { fits: true, value: value as Static<Schema> };
    const first = validate.errors?.[0];
    return { fits: false, where: `${first?.instancePath || 'the answer'} ${first?.message ?? 'is not as expected'}` };
  };
}

/** Text as JSON; undefined when it is none. */
export function parseJson(text: Uint8Array | string): unknown {
  try {
    return JSON.parse(typeof text === 'string' ? text : Buffer.from(text).toString('utf8'));
  } catch {
    return undefined;
  }
}
