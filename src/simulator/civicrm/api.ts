import { envelope } from './answers.ts';
import { runCall } from './call.ts';
import { PhpError } from './failures.ts';
import type { Outcome } from './get.ts';
import { indexed } from './indexed.ts';
import type { Values } from './parameters.ts';
import type { Reading } from './path.ts';

export interface ApiCall {
  readonly entity: string;
  readonly action: string;
  readonly parameters: Values;
  readonly index: unknown;
}

/** `contact/Get` is Contact.get (recorded). */
export const callName = (entity: string, action: string): { entity: string; action: string } => ({
  entity: `${entity.charAt(0).toUpperCase()}${entity.slice(1)}`,
  action: `${action.charAt(0).toLowerCase()}${action.slice(1)}`,
});

/** Runs a call with its chains, and answers the whole envelope. */
export function perform(reading: Reading, call: ApiCall): Readonly<Record<string, unknown>> {
  const outcome = chained(reading, runCall(reading, call.entity, call.action, call.parameters), call.parameters['chain']);
  return envelope(reading.site, call.entity, call.action, outcome, indexed(outcome.values, call.index));
}

type Row = Readonly<Record<string, unknown>>;
const isRow = (value: unknown): value is Row => typeof value === 'object' && value !== null && !Array.isArray(value);

/** `chain` runs further calls for each row, `$field` standing for a value of it; the answers are put into the row. */
function chained(reading: Reading, outcome: Outcome, chain: unknown): Outcome {
  if (!isRow(chain)) return outcome;
  const values = outcome.values.map((row) => (isRow(row) ? { ...row, ...chainedValues(reading, row, chain) } : row));
  return { ...outcome, values };
}

function chainedValues(reading: Reading, row: Row, chain: Row): Row {
  const results: Record<string, unknown> = {};
  for (const [name, given] of Object.entries(chain)) {
    const [entity, action, parameters = {}, index] = Array.isArray(given) ? (given as unknown[]) : [];
    if (typeof entity !== 'string' || typeof action !== 'string') throw new PhpError('a chain needs an entity and an action');
    const filled = substituted(parameters, row);
    const inner = runCall(reading, entity, action, isRow(filled) ? filled : {});
    results[name] = indexed(inner.values, index);
  }
  return results;
}

function substituted(value: unknown, row: Row): unknown {
  if (typeof value === 'string' && value.startsWith('$')) return row[value.slice(1)] ?? null;
  if (Array.isArray(value)) return (value as unknown[]).map((item) => substituted(item, row));
  return isRow(value) ? Object.fromEntries(Object.entries(value).map(([key, item]) => [key, substituted(item, row)])) : value;
}
