import { writeJson } from '../columns/json.ts';
import { LIMITED, peopleOf } from '../columns/people-columns.ts';
import type { Parameter } from '../columns/parameter.ts';
import { updateOf, type UpdateColumns } from '../columns/update-columns.ts';
import type { Update } from '../entities.ts';
import type { Database } from './database.ts';
import type { StoreMethods } from './methods.ts';

/** Spelled as in the partial indexes of schema.ts, else SQLite refuses them; statements name their index (rows.ts). */
const OPEN = `(state IN ('planned', 'queued', 'sending', 'submitted') OR claims = 1)`;
const FOR_ROWS_OR_EMAILS = `
  SELECT * FROM mailchimpsync_update WHERE id IN (
    SELECT id FROM mailchimpsync_update INDEXED BY mailchimpsync_update_open_row
      WHERE mailchimpsync_cache_id IN (SELECT value FROM json_each(?1)) AND mailchimp_list_id = ?3 AND ${OPEN}
    UNION ALL SELECT id FROM mailchimpsync_update INDEXED BY mailchimpsync_update_open_email
      WHERE mailchimp_list_id = ?3 AND mailchimp_email IN (SELECT value FROM json_each(?2)) AND ${OPEN}
    UNION ALL SELECT id FROM mailchimpsync_update INDEXED BY mailchimpsync_update_open_asked
      WHERE mailchimp_list_id = ?3 AND asked_email IN (SELECT value FROM json_each(?2)) AND ${OPEN}
  ) ORDER BY id`;
const OF_ROWS = `
  SELECT * FROM mailchimpsync_update INDEXED BY mailchimpsync_update_row
  WHERE mailchimpsync_cache_id IN (SELECT value FROM json_each(?)) AND sent_at >= ? AND mailchimp_list_id = ? ORDER BY id`;
const BY_WRITE_ID = 'SELECT * FROM mailchimpsync_update WHERE write_id IN (SELECT value FROM json_each(?)) ORDER BY id';
const BY_ID = 'SELECT * FROM mailchimpsync_update WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id';
const IN_STATE = `
  SELECT * FROM mailchimpsync_update INDEXED BY mailchimpsync_update_state
  WHERE mailchimp_list_id = ? AND side = ? AND state = ? AND id > ? ORDER BY id LIMIT ?`;
const OF_BATCH = 'SELECT * FROM mailchimpsync_update WHERE mailchimpsync_batch_id = ? ORDER BY id';
const COUNT_IN_STATE = `
  SELECT count(*) AS count FROM mailchimpsync_update INDEXED BY mailchimpsync_update_state
  WHERE mailchimp_list_id = ? AND side IN ('mailchimp', 'civicrm') AND state IN (SELECT value FROM json_each(?))`;
const COUNT = `
  SELECT kind, side, state, fail_reason AS failReason, count(*) AS count FROM mailchimpsync_update
  WHERE run_id = ? GROUP BY kind, side, state, fail_reason`;

/** Ids only: a person has many updates in years, of which the newest are wanted. */
const IDS_OF_PEOPLE = `
  SELECT id FROM mailchimpsync_update INDEXED BY mailchimpsync_update_row
    WHERE mailchimpsync_cache_id IN (SELECT value FROM json_each(?1)) AND mailchimp_list_id = ?3
  UNION SELECT id FROM mailchimpsync_update INDEXED BY mailchimpsync_update_email
    WHERE mailchimp_list_id = ?3 AND mailchimp_email IN (SELECT value FROM json_each(?2))
  UNION SELECT id FROM mailchimpsync_update INDEXED BY mailchimpsync_update_open_asked
    WHERE mailchimp_list_id = ?3 AND asked_email IN (SELECT value FROM json_each(?2))
  ORDER BY id`;
const OF_RUN = 'SELECT * FROM mailchimpsync_update WHERE run_id = ? AND id > ? ORDER BY id LIMIT ?';
/** A person is a contact, or an address of which no contact is known. */
const PERSON = `kind, coalesce(civicrm_contact_id, mailchimp_email, 'row ' || mailchimpsync_cache_id, 'update ' || id) AS person, run_id`;
/** What was sent and superseded may have been done: an update surely not done is no longer "sent". */
const PEOPLE = `
  SELECT kind, count(DISTINCT person) AS people FROM (
    SELECT ${PERSON} FROM mailchimpsync_update INDEXED BY mailchimpsync_update_kind
      WHERE mailchimp_list_id = ? AND kind IN (${LIMITED}) AND sent_at > ? AND state IN ('sending', 'submitted', 'done', 'superseded')
    UNION ALL SELECT ${PERSON} FROM mailchimpsync_update INDEXED BY mailchimpsync_update_state
      WHERE mailchimp_list_id = ? AND side IN ('mailchimp', 'civicrm') AND state IN ('planned', 'queued') AND kind IN (${LIMITED})
  ) AS changed WHERE run_id IS NULL OR NOT EXISTS (SELECT 1 FROM mailchimpsync_plan AS plan WHERE plan.id = changed.run_id) GROUP BY kind`;

type UpdateMethods = Pick<
  StoreMethods,
  'openUpdates' | 'updatesOfRows' | 'updatesByWriteId' | 'updatesById' | 'updatesInState' | 'updatesOfBatch' | 'countUpdatesInState' | 'countUpdates' | 'updatesOfRun' | 'countPeople' | 'updatesOfPeople'
>;

/** Reading and counting updates; they are written by commits. */
export const updateMethods = (database: Database): UpdateMethods => {
  const read = (sql: string, ...parameters: readonly Parameter[]): readonly Update[] => (database.all(sql, ...parameters) as readonly UpdateColumns[]).map(updateOf);
  return {
    openUpdates: (listId, rows, emails) => read(FOR_ROWS_OR_EMAILS, writeJson(rows), writeJson(emails), listId),
    updatesOfRows: (listId, rows, since) => read(OF_ROWS, writeJson(rows), since, listId),
    updatesByWriteId: (ids) => read(BY_WRITE_ID, writeJson(ids)),
    updatesById: (ids) => read(BY_ID, writeJson(ids)),
    updatesInState: (listId, side, state, after, limit) => read(IN_STATE, listId, side, state, after ?? 0, limit),
    updatesOfBatch: (batch) => read(OF_BATCH, batch),
    countUpdatesInState: (listId, states) => database.count(COUNT_IN_STATE, listId, writeJson(states)),
    updatesOfRun: (runId, after, limit) => read(OF_RUN, runId, after ?? 0, limit),
    countPeople: (listId, since) => peopleOf(database.all(PEOPLE, listId, since, listId)),
    updatesOfPeople: (listId, rows, emails, limit) => {
      const ids = (database.all(IDS_OF_PEOPLE, writeJson(rows), writeJson(emails), listId) as readonly { readonly id: number }[]).map(({ id }) => id);
      return read(BY_ID, writeJson(ids.slice(-limit))).toReversed();
    },
    countUpdates: (runId) => database.all(COUNT, runId) as ReturnType<StoreMethods['countUpdates']>,
  };
};
