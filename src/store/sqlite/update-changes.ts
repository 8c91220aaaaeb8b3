import { updateId, type ListId, type RowId, type UpdateId } from '../../base/ids.ts';
import { INSERTED_UPDATE_COLUMNS, updateParameters, type UpdateColumns } from '../columns/update-columns.ts';
import type { UpdateChange, UpdateSet } from '../store.ts';
import type { Database } from './database.ts';
import { UnitConflict } from '../unit-conflict.ts';

const INSERT = `
  INSERT INTO mailchimpsync_update (mailchimp_list_id, ${INSERTED_UPDATE_COLUMNS.join(', ')})
  VALUES (?, ${INSERTED_UPDATE_COLUMNS.map(() => '?').join(', ')})`;
const CURRENT = `
  SELECT state, claims, sent_at, ended_at, fail_reason, answer, mailchimpsync_batch_id, settled_as
  FROM mailchimpsync_update WHERE id = ? AND mailchimp_list_id = ?`;
const WRITE = `
  UPDATE mailchimpsync_update
  SET state = ?, claims = ?, sent_at = ?, ended_at = ?, fail_reason = ?, answer = ?, mailchimpsync_batch_id = ?, settled_as = ?
  WHERE id = ?`;
const MOVE = 'UPDATE mailchimpsync_update SET mailchimpsync_cache_id = ? WHERE mailchimpsync_cache_id = ? AND mailchimp_list_id = ?';

/** What a write may change, on either side's line. */
type Current = Pick<UpdateColumns, 'state' | 'claims' | 'sent_at' | 'ended_at' | 'fail_reason' | 'answer'> & {
  readonly mailchimpsync_batch_id: number | null;
  readonly settled_as: number | null;
};

/** The part of a commit that changes the update table. */
export interface UpdateChanger {
  /** Throws `UnitConflict` unless every update to be written is in one of the states expected. */
  check(changes: readonly UpdateChange[]): void;
  /** Applies the changes in order; answers the ids of inserted updates. */
  apply(changes: readonly UpdateChange[]): readonly UpdateId[];
  /** Updates that still name a row which has been deleted name none. */
  forget(row: RowId): void;
}

export const updateChanger = (database: Database, listId: ListId): UpdateChanger => {
  const current = (id: UpdateId): Current => {
    const found = database.get(CURRENT, id, listId) as Current | null;
    if (found === null) throw new UnitConflict();
    return found;
  };
  const write = (id: UpdateId, set: UpdateSet): void => {
    const now = current(id);
    database.run(
      WRITE,
      set.state ?? now.state,
      set.claims === undefined ? now.claims : Number(set.claims),
      set.sentAt === undefined ? now.sent_at : set.sentAt,
      set.endedAt === undefined ? now.ended_at : set.endedAt,
      set.failReason === undefined ? now.fail_reason : set.failReason,
      set.answer === undefined ? now.answer : set.answer,
      set.batch === undefined ? now.mailchimpsync_batch_id : set.batch,
      set.settledAs ?? now.settled_as,
      id,
    );
  };
  return {
    check: (changes) => {
      for (const change of changes) {
        if (change.kind === 'write' && !change.from.includes(current(change.id).state)) throw new UnitConflict();
      }
    },
    apply: (changes) => {
      const inserted: UpdateId[] = [];
      for (const change of changes) {
        switch (change.kind) {
          case 'insert':
            inserted.push(updateId(database.run(INSERT, listId, ...updateParameters(change.update)).id));
            break;
          case 'write':
            write(change.id, change.set);
            break;
          case 'move':
            database.run(MOVE, change.toRow, change.fromRow, listId);
            break;
        }
      }
      return inserted;
    },
    forget: (row) => {
      database.run(MOVE, null, row, listId);
    },
  };
};
