import type { Instant } from '../../base/clock.ts';
import { rowId, type ListId, type RowId } from '../../base/ids.ts';
import { FACT_COLUMNS, factParameters, KEY_COLUMNS, keyParameters } from '../columns/row-columns.ts';
import type { NewRow, Row } from '../entities.ts';
import type { RowChange, Unit } from '../store.ts';
import type { Database } from './database.ts';
import { UnitConflict } from '../unit-conflict.ts';

const STANDING = `
  SELECT 1 FROM mailchimpsync_cache
  WHERE id = ?1 AND mailchimp_list_id = ?2 AND version = ?3 AND (?6 = 1 OR claimed_by IS NULL OR claimed_by = ?4 OR claimed_until <= ?5)`;
const COLUMNS = [...KEY_COLUMNS, ...FACT_COLUMNS];
const INSERT = `
  INSERT INTO mailchimpsync_cache (mailchimp_list_id, ${COLUMNS.join(', ')}) VALUES (?, ${COLUMNS.map(() => '?').join(', ')})`;
const WRITE_FACTS = `
  UPDATE mailchimpsync_cache SET ${FACT_COLUMNS.map((column) => `${column} = ?`).join(', ')}, version = version + 1
  WHERE id = ?`;
/** Apart from the facts and only when they change: an UPDATE rewrites the indexes of all columns that it names. */
const WRITE_KEYS = `
  UPDATE mailchimpsync_cache SET ${KEY_COLUMNS.map((column, at) => `${column} = ?${at + 1}`).join(', ')}
  WHERE id = ?${KEY_COLUMNS.length + 1} AND (${KEY_COLUMNS.map((column, at) => `${column} IS NOT ?${at + 1}`).join(' OR ')})`;
const DELETE = 'DELETE FROM mailchimpsync_cache WHERE id = ?';
const RELEASE = 'UPDATE mailchimpsync_cache SET claimed_by = NULL, claimed_until = NULL WHERE id = ? AND claimed_by = ?';

const ADD_FORMER = `
  INSERT INTO mailchimpsync_former_email (mailchimp_list_id, email, mailchimpsync_cache_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`;
const DROP_FORMER = 'DELETE FROM mailchimpsync_former_email WHERE mailchimpsync_cache_id = ?';

/** The part of a commit that changes the cache table. */
export interface RowChanger {
  /** Throws `UnitConflict` unless every row is as the unit's maker read it, and nobody else's. */
  check(unit: Unit): void;
  /** Applies the changes in order; answers the ids of inserted rows. */
  apply(changes: readonly RowChange[]): readonly RowId[];
  /** Gives back the claimant's claims on the rows written. */
  release(changes: readonly RowChange[], claimant: string): void;
}

/** `now` is when claims are judged to have run out. */
export const rowChanger = (database: Database, listId: ListId, now: Instant): RowChanger => {
  const remember = (id: RowId, row: NewRow): void => {
    for (const { email } of row.memory.former ?? []) database.run(ADD_FORMER, listId, email, id);
  };
  const insert = (row: NewRow): RowId => {
    const id = rowId(database.run(INSERT, listId, ...keyParameters(row), ...factParameters(row)).id);
    remember(id, row);
    return id;
  };
  const write = (row: Row): void => {
    // Gone when the same unit deleted it before.
    if (database.run(WRITE_FACTS, ...factParameters(row), row.id).changes === 0) throw new UnitConflict();
    database.run(WRITE_KEYS, ...keyParameters(row), row.id);
    database.run(DROP_FORMER, row.id);
    remember(row.id, row);
  };
  const drop = (id: RowId): void => {
    database.run(DELETE, id);
    database.run(DROP_FORMER, id);
  };
  return {
    check: ({ rows = [], claimant = null, ignoreClaims = false }) => {
      for (const change of rows) {
        if (change.kind === 'insert') continue;
        const { id, version } = change.kind === 'write' ? change.row : change;
        if (database.get(STANDING, id, listId, version, claimant, now, Number(ignoreClaims)) === null) throw new UnitConflict();
      }
    },
    apply: (changes) => {
      const inserted: RowId[] = [];
      for (const change of changes) {
        switch (change.kind) {
          case 'insert':
            inserted.push(insert(change.row));
            break;
          case 'write':
            write(change.row);
            break;
          case 'delete':
            drop(change.id);
            break;
        }
      }
      return inserted;
    },
    release: (changes, claimant) => {
      for (const change of changes) if (change.kind === 'write') database.run(RELEASE, change.row.id, claimant);
    },
  };
};
