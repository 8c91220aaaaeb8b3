import { entryOf, newestOf, type InboxColumns } from '../columns/inbox-columns.ts';
import { writeJson } from '../columns/json.ts';
import type { Database } from './database.ts';
import type { StoreMethods } from './methods.ts';

const RECEIVE = `
  INSERT INTO mailchimpsync_inbox (mailchimp_list_id, type, fired_at, dedup_key, email, payload, received_at)
  VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (mailchimp_list_id, dedup_key) DO NOTHING`;
const UNHANDLED = `
  SELECT * FROM mailchimpsync_inbox INDEXED BY mailchimpsync_inbox_unhandled
  WHERE mailchimp_list_id = ? AND handled_at IS NULL ORDER BY fired_at, id LIMIT ?`;
const COUNT_UNHANDLED = `
  SELECT count(*) AS count FROM mailchimpsync_inbox INDEXED BY mailchimpsync_inbox_unhandled
  WHERE mailchimp_list_id = ? AND handled_at IS NULL`;
const OF_EMAILS = `
  SELECT * FROM mailchimpsync_inbox INDEXED BY mailchimpsync_inbox_email
  WHERE mailchimp_list_id = ? AND email IN (SELECT value FROM json_each(?))`;
const SETTLE = 'UPDATE mailchimpsync_inbox SET handled_at = ?, attempts = attempts + 1 WHERE id = ?';
const FORGET = 'DELETE FROM mailchimpsync_inbox WHERE mailchimp_list_id = ? AND handled_at < ?';

/** Webhooks as they came in, kept until they are handled, and for a while to know repeats. */
export const inboxMethods = (database: Database): Pick<StoreMethods, 'receive' | 'unhandled' | 'countUnhandled' | 'inboxOf' | 'settleInbox' | 'forgetHandled'> => ({
  receive: (entry) => {
    const { listId, type, firedAt, key, email, payload, receivedAt } = entry;
    return database.run(RECEIVE, listId, type, firedAt, key, email, writeJson(payload), receivedAt).changes === 1;
  },
  unhandled: (listId, limit) => (database.all(UNHANDLED, listId, limit) as readonly InboxColumns[]).map(entryOf),
  countUnhandled: (listId) => database.count(COUNT_UNHANDLED, listId),
  inboxOf: (listId, emails, limit) => newestOf(database.all(OF_EMAILS, listId, writeJson(emails)), limit),
  settleInbox: (id, handledAt) => {
    database.run(SETTLE, handledAt, id);
  },
  forgetHandled: (listId, before) => {
    database.run(FORGET, listId, before);
  },
});

