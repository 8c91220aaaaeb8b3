import { LIMITED, peopleOf } from '../columns/people-columns.ts';
import type { Parameter } from '../columns/parameter.ts';
import { updateOf, type UpdateColumns } from '../columns/update-columns.ts';
import type { Update } from '../entities.ts';
import type { Store } from '../store.ts';
import type { Database } from './database.ts';

const OPEN = `(state IN ('planned', 'queued', 'sending', 'submitted') OR claims = 1)`;
const OPEN_OF_ROWS = `SELECT * FROM {update} WHERE mailchimp_list_id = ? AND ${OPEN} AND mailchimpsync_cache_id IN (…)`;
const OPEN_OF_EMAILS = `SELECT * FROM {update} WHERE mailchimp_list_id = ? AND ${OPEN} AND mailchimp_email IN (…)`;
const OPEN_ASKING_FOR = `SELECT * FROM {update} WHERE mailchimp_list_id = ? AND ${OPEN} AND asked_email IN (…)`;
const OF_ROWS = 'SELECT * FROM {update} WHERE sent_at >= ? AND mailchimp_list_id = ? AND mailchimpsync_cache_id IN (…)';
const BY_WRITE_ID = 'SELECT * FROM {update} WHERE write_id IN (…)';
const BY_ID = 'SELECT * FROM {update} WHERE id IN (…)';
const IN_STATE = `
  SELECT * FROM {update} FORCE INDEX (by_state) WHERE mailchimp_list_id = ? AND side = ? AND state = ? AND id > ? ORDER BY id LIMIT ?`;
const OF_BATCH = 'SELECT * FROM {update} WHERE mailchimpsync_batch_id = ?';
const COUNT_IN_STATE = `
  SELECT COUNT(*) AS count FROM {update} FORCE INDEX (by_state)
  WHERE mailchimp_list_id = ? AND side IN ('mailchimp', 'civicrm') AND state IN (…)`;
const COUNT = `
  SELECT kind, side, state, fail_reason AS failReason, COUNT(*) AS count FROM {update}
  WHERE run_id = ? GROUP BY kind, side, state, fail_reason`;

/** Ids only: a person has many updates in years, of which the newest are wanted. */
const IDS_OF_ROWS = 'SELECT id FROM {update} WHERE mailchimp_list_id = ? AND mailchimpsync_cache_id IN (…)';
const IDS_OF_EMAILS = 'SELECT id FROM {update} WHERE mailchimp_list_id = ? AND mailchimp_email IN (…)';
const IDS_ASKING_FOR = 'SELECT id FROM {update} WHERE mailchimp_list_id = ? AND asked_email IN (…)';
const OF_RUN = 'SELECT * FROM {update} WHERE run_id = ? AND id > ? ORDER BY id LIMIT ?';
/** A person is a contact, or an address of which no contact is known. */
const PERSON = `kind, coalesce(civicrm_contact_id, mailchimp_email, CONCAT('row ', mailchimpsync_cache_id), CONCAT('update ', id)) AS person, run_id`;
/** What was sent and superseded may have been done: an update surely not done is no longer "sent". */
const PEOPLE = `
  SELECT kind, count(DISTINCT person) AS people FROM (
    SELECT ${PERSON} FROM {update} FORCE INDEX (by_kind)
      WHERE mailchimp_list_id = ? AND kind IN (${LIMITED}) AND sent_at > ? AND state IN ('sending', 'submitted', 'done', 'superseded')
    UNION ALL SELECT ${PERSON} FROM {update} FORCE INDEX (by_state)
      WHERE mailchimp_list_id = ? AND side IN ('mailchimp', 'civicrm') AND state IN ('planned', 'queued') AND kind IN (${LIMITED})
  ) AS changed WHERE run_id IS NULL OR NOT EXISTS (SELECT 1 FROM {plan} AS plan WHERE plan.id = changed.run_id) GROUP BY kind`;

type UpdateMethods = Pick<
  Store,
  'openUpdates' | 'updatesOfRows' | 'updatesByWriteId' | 'updatesById' | 'updatesInState' | 'updatesOfBatch' | 'countUpdatesInState' | 'countUpdates' | 'updatesOfRun' | 'countPeople' | 'updatesOfPeople'
>;

/** Each update once, by id. */
const updatesOf = (lines: readonly unknown[]): readonly Update[] => {
  const byId = new Map((lines as readonly UpdateColumns[]).map((line) => [line.id, line]));
  return [...byId.values()].sort((one, other) => one.id - other.id).map(updateOf);
};

/** Reading and counting updates; they are written by commits. */
export const updateMethods = (database: Database): UpdateMethods => {
  const read = (sql: string, ...parameters: readonly Parameter[]): Promise<readonly Update[]> =>
    database.read(async (connection) => updatesOf(await connection.all(sql, ...parameters)));
  const readIn = (sql: string, keys: readonly Parameter[], ...parameters: readonly Parameter[]): Promise<readonly Update[]> =>
    database.read(async (connection) => updatesOf(await connection.allIn(sql, keys, ...parameters)));
  return {
    openUpdates: (listId, rows, emails) =>
      database.read(async (connection) =>
        updatesOf([
          ...(await connection.allIn(OPEN_OF_ROWS, rows, listId)),
          ...(await connection.allIn(OPEN_OF_EMAILS, emails, listId)),
          ...(await connection.allIn(OPEN_ASKING_FOR, emails, listId)),
        ]),
      ),
    updatesOfRows: (listId, rows, since) => readIn(OF_ROWS, rows, since, listId),
    updatesByWriteId: (ids) => readIn(BY_WRITE_ID, ids),
    updatesById: (ids) => readIn(BY_ID, ids),
    updatesInState: (listId, side, state, after, limit) => read(IN_STATE, listId, side, state, after ?? 0, limit),
    updatesOfBatch: (batch) => read(OF_BATCH, batch),
    countUpdatesInState: async (listId, states) => {
      const counts = (await database.read((connection) => connection.allIn(COUNT_IN_STATE, states, listId))) as readonly { readonly count: number }[];
      return counts.reduce((sum, { count }) => sum + count, 0);
    },
    updatesOfRun: (runId, after, limit) => read(OF_RUN, runId, after ?? 0, limit),
    countPeople: async (listId, since) => peopleOf(await database.read((connection) => connection.all(PEOPLE, listId, since, listId))),
    updatesOfPeople: (listId, rows, emails, limit) =>
      database.read(async (connection) => {
        const found = [
          ...(await connection.allIn(IDS_OF_ROWS, rows, listId)),
          ...(await connection.allIn(IDS_OF_EMAILS, emails, listId)),
          ...(await connection.allIn(IDS_ASKING_FOR, emails, listId)),
        ] as readonly { readonly id: number }[];
        const newest = [...new Set(found.map(({ id }) => id))].sort((one, other) => other - one).slice(0, limit);
        return updatesOf(await connection.allIn(BY_ID, newest)).toReversed();
      }),
    countUpdates: async (runId) => (await database.read((connection) => connection.all(COUNT, runId))) as Awaited<ReturnType<Store['countUpdates']>>,
  };
};
