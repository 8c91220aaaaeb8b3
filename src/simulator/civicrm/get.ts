import { aggregateRows, isAggregate } from './aggregate.ts';
import { candidates } from './candidates.ts';
import type { EntityName } from './entity-names.ts';
import { ApiError } from './failures.ts';
import type { OrderBy } from './order.ts';
import { isById, ordered } from './order.ts';
import type { Parameters } from './parameters.ts';
import type { Reading } from './path.ts';
import { shuffled } from './random-text.ts';
import { isRowFunction, rowFunction } from './row-functions.ts';
import { selectPaths, shownRow } from './select.ts';
import type { AnyRow } from './site.ts';
import { seesRow } from './visibility.ts';
import { compileWhere, withDefaults } from './where.ts';

/** What an action answers: its rows and, where CiviCRM counts them, how many matched. */
export interface Outcome {
  readonly values: readonly unknown[];
  readonly matched?: number;
  /** `count` of the envelope where it is not the number of rows. */
  readonly count?: number;
}

interface Page {
  readonly orderBy: OrderBy;
  readonly limit: number;
  readonly offset: number;
}

export function pageOf(parameters: Parameters): Page {
  const page = { orderBy: parameters.orderBy(), limit: parameters.number('limit'), offset: parameters.number('offset') };
  if (page.limit < 0 || page.offset < 0) throw new ApiError('DB Error: syntax error');
  return page;
}

/** Rows of `where` that the caller may see, in the order of ids; stops after `most` when given. */
export function matching(reading: Reading, entity: EntityName, given: readonly unknown[], most = Number.POSITIVE_INFINITY): AnyRow[] {
  const where = withDefaults(entity, given);
  const holds = compileWhere(reading, entity, where);
  const rows: AnyRow[] = [];
  for (const row of candidates(reading, entity, where)) {
    if (holds(row) !== true || !seesRow(reading.site, reading.caller, entity, row)) continue;
    rows.push(row);
    if (rows.length >= most) break;
  }
  return rows;
}

/** One page of the rows of `where`. */
export function find(reading: Reading, entity: EntityName, where: readonly unknown[], page: Page): readonly AnyRow[] {
  const end = page.limit === 0 ? Number.POSITIVE_INFINITY : page.offset + page.limit;
  const rows = matching(reading, entity, where, isById(page.orderBy) ? end : undefined);
  return ordered(reading, entity, rows, page.orderBy).slice(page.offset, end);
}

export function get(reading: Reading, entity: EntityName, parameters: Parameters): Outcome {
  const select = parameters.texts('select');
  const groupBy = parameters.texts('groupBy');
  const page = pageOf(parameters);
  if (groupBy.length > 0 || select.some(isAggregate)) return aggregated(reading, entity, parameters, select, groupBy);
  if (!select.includes('row_count')) return { values: shown(reading, entity, select, find(reading, entity, parameters.list('where'), page)) };
  const matched = matching(reading, entity, parameters.list('where'));
  const values = select.length === 1 ? [] : shown(reading, entity, select, ordered(reading, entity, matched, page.orderBy).slice(page.offset, page.limit === 0 ? undefined : page.offset + page.limit));
  return { values, matched: matched.length, count: matched.length };
}

function shown(reading: Reading, entity: EntityName, select: readonly string[], rows: readonly AnyRow[]): readonly unknown[] {
  const paths = selectPaths(reading, entity, select.filter((name) => !isRowFunction(name)));
  const functions = select.filter(isRowFunction).flatMap((name) => rowFunction(reading, entity, name) ?? []);
  return rows.map((row) => ({ ...shownRow(reading, entity, paths, row), ...Object.fromEntries(functions.map(({ alias, read }) => [alias, read(row)])) }));
}

function aggregated(reading: Reading, entity: EntityName, parameters: Parameters, select: readonly string[], groupBy: readonly string[]): Outcome {
  const page = pageOf(parameters);
  const matched = matching(reading, entity, parameters.list('where'));
  const isOrdered = Object.keys(page.orderBy).length > 0;
  const groups = aggregateRows(reading, entity, isOrdered ? ordered(reading, entity, matched, page.orderBy) : matched, select, groupBy);
  const values = isOrdered ? groups : shuffled(groups, reading.site.random);
  return { values: values.slice(page.offset, page.limit === 0 ? undefined : page.offset + page.limit) };
}
