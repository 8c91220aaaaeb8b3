import type { Predicate, Truth } from './comparison.ts';
import { comparison } from './comparison.ts';
import type { EntityName } from './entity-names.ts';
import { ApiError, invalidField } from './failures.ts';
import { membership } from './member-filter.ts';
import type { Reading } from './path.ts';
import { resolvePath } from './path.ts';

export type Clause = readonly unknown[];

const isNested = (clause: Clause): clause is readonly ['AND' | 'OR' | 'NOT', readonly unknown[]] =>
  (clause[0] === 'AND' || clause[0] === 'OR' || clause[0] === 'NOT') && Array.isArray(clause[1]);

const asClause = (value: unknown): Clause => {
  if (!Array.isArray(value)) throw new ApiError('Illegal operator');
  return value as Clause;
};

/** Compiles `where` (its top level is joined by AND). */
export function compileWhere(reading: Reading, entity: EntityName, where: readonly unknown[]): Predicate {
  return every(where.map((clause) => compileClause(reading, entity, asClause(clause))));
}

function compileClause(reading: Reading, entity: EntityName, clause: Clause): Predicate {
  if (isNested(clause)) {
    const [word, inner] = clause;
    const parts = inner.map((part) => compileClause(reading, entity, asClause(part)));
    if (word === 'OR') return some(parts);
    const all = every(parts);
    return word === 'AND' ? all : (row) => negated(all(row));
  }
  const [name, operator, value] = clause;
  if (typeof name !== 'string' || typeof operator !== 'string') throw new ApiError('Illegal operator');
  const filter = entity === 'Contact' ? membership(reading, name, operator, value) : null;
  if (filter !== null) return filter;
  const path = resolvePath(reading, entity, name);
  if (path === null) throw invalidField(name);
  return comparison(reading, path, operator, value);
}

const negated = (truth: Truth): Truth => (truth === null ? null : !truth);

function every(parts: readonly Predicate[]): Predicate {
  return (row) => {
    let result: Truth = true;
    for (const part of parts) {
      const truth = part(row);
      if (truth === false) return false;
      if (truth === null) result = null;
    }
    return result;
  };
}

function some(parts: readonly Predicate[]): Predicate {
  return (row) => {
    let result: Truth = false;
    for (const part of parts) {
      const truth = part(row);
      if (truth === true) return true;
      if (truth === null) result = null;
    }
    return result;
  };
}

/** Rows of these kinds are left out by themselves. */
const LEFT_OUT: Readonly<Partial<Record<EntityName, readonly string[]>>> = { Contact: ['is_deleted'], Membership: ['is_test'], Contribution: ['is_test', 'is_template'] };

/**
 * `get` leaves trashed contacts out unless `where` names is_deleted anywhere, or asks by id or external_identifier with
 * = or IN at its top level (recorded; the identifier read in the source); tests and templates likewise (read).
 */
export function withDefaults(entity: EntityName, where: readonly unknown[]): readonly unknown[] {
  if (where.some(asksById)) return where;
  const unnamed = (LEFT_OUT[entity] ?? []).filter((name) => !where.some((clause) => names(name, clause)));
  return unnamed.length === 0 ? where : [...where, ...unnamed.map((name) => [name, '=', false])];
}

function names(name: string, value: unknown): boolean {
  const clause = Array.isArray(value) ? (value as Clause) : [];
  return isNested(clause) ? clause[1].some((part) => names(name, part)) : clause[0] === name;
}

function asksById(value: unknown): boolean {
  const [name, operator] = Array.isArray(value) ? (value as Clause) : [];
  return (name === 'id' || name === 'external_identifier') && (operator === '=' || operator === 'IN');
}
