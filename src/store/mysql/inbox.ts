import { entryOf, newestOf, type InboxColumns } from '../columns/inbox-columns.ts';
import { writeJson } from '../columns/json.ts';
import type { Store } from '../store.ts';
import type { Database } from './database.ts';
import { isTaken } from './failures.ts';

const RECEIVE = `
  INSERT INTO {inbox} (mailchimp_list_id, type, fired_at, dedup_key, email, payload, received_at) VALUES (?, ?, ?, ?, ?, ?, ?)`;
const UNHANDLED = 'SELECT * FROM {inbox} WHERE mailchimp_list_id = ? AND handled_at IS NULL ORDER BY fired_at, id LIMIT ?';
const COUNT_UNHANDLED = 'SELECT COUNT(*) AS count FROM {inbox} WHERE mailchimp_list_id = ? AND handled_at IS NULL';
const OF_EMAILS = 'SELECT * FROM {inbox} WHERE mailchimp_list_id = ? AND email IN (…)';
const SETTLE = 'UPDATE {inbox} SET handled_at = ?, attempts = attempts + 1 WHERE id = ?';
const FORGET = 'DELETE FROM {inbox} WHERE mailchimp_list_id = ? AND handled_at < ?';

/** Webhooks as they came in, kept until they are handled, and for a while to know repeats. */
export const inboxMethods = (database: Database): Pick<Store, 'receive' | 'unhandled' | 'countUnhandled' | 'inboxOf' | 'settleInbox' | 'forgetHandled'> => ({
  receive: ({ listId, type, firedAt, key, email, payload, receivedAt }) =>
    database.write(async (connection) => {
      try {
        await connection.run(RECEIVE, listId, type, firedAt, key, email, writeJson(payload), receivedAt);
        return true;
      } catch (error) {
        if (isTaken(error)) return false;
        throw error;
      }
    }),
  unhandled: (listId, limit) =>
    database.read(async (connection) => ((await connection.all(UNHANDLED, listId, limit)) as readonly InboxColumns[]).map(entryOf)),
  countUnhandled: (listId) => database.read((connection) => connection.count(COUNT_UNHANDLED, listId)),
  inboxOf: async (listId, emails, limit) => newestOf(await database.read((connection) => connection.allIn(OF_EMAILS, emails, listId)), limit),
  settleInbox: (id, handledAt) =>
    database.write(async (connection) => {
      await connection.run(SETTLE, handledAt, id);
    }),
  forgetHandled: (listId, before) =>
    database.write(async (connection) => {
      await connection.run(FORGET, listId, before);
    }),
});
