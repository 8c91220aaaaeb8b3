import type { Instant } from '../../base/clock.ts';
import type { EmailAddress, ListId } from '../../base/ids.ts';
import type { InboxEntry } from '../entities.ts';
import type { Database } from './database.ts';
import { readJson, writeJson } from './json.ts';
import type { StoreMethods } from './methods.ts';

interface InboxColumns {
  readonly id: number;
  readonly mailchimp_list_id: ListId;
  readonly type: string;
  readonly fired_at: Instant;
  readonly dedup_key: string;
  readonly email: EmailAddress | null;
  readonly payload: string;
  readonly received_at: Instant;
  readonly handled_at: Instant | null;
  readonly attempts: number;
}

const RECEIVE = `
  INSERT INTO mailchimpsync_inbox (mailchimp_list_id, type, fired_at, dedup_key, email, payload, received_at)
  VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (mailchimp_list_id, dedup_key) DO NOTHING`;
const UNHANDLED = `
  SELECT * FROM mailchimpsync_inbox INDEXED BY mailchimpsync_inbox_unhandled
  WHERE mailchimp_list_id = ? AND handled_at IS NULL ORDER BY fired_at, id LIMIT ?`;
const COUNT_UNHANDLED = `
  SELECT count(*) AS count FROM mailchimpsync_inbox INDEXED BY mailchimpsync_inbox_unhandled
  WHERE mailchimp_list_id = ? AND handled_at IS NULL`;
const SETTLE = 'UPDATE mailchimpsync_inbox SET handled_at = ?, attempts = attempts + 1 WHERE id = ?';

/** Webhooks as they came in, kept until they are handled. */
export const inboxMethods = (database: Database): Pick<StoreMethods, 'receive' | 'unhandled' | 'countUnhandled' | 'settleInbox'> => ({
  receive: (entry) => {
    const { listId, type, firedAt, key, email, payload, receivedAt } = entry;
    return database.run(RECEIVE, listId, type, firedAt, key, email, writeJson(payload), receivedAt).changes === 1;
  },
  unhandled: (listId, limit) => (database.all(UNHANDLED, listId, limit) as readonly InboxColumns[]).map(entryOf),
  countUnhandled: (listId) => database.count(COUNT_UNHANDLED, listId),
  settleInbox: (id, handledAt) => {
    database.run(SETTLE, handledAt, id);
  },
});

const entryOf = (columns: InboxColumns): InboxEntry => ({
  id: columns.id,
  listId: columns.mailchimp_list_id,
  type: columns.type,
  firedAt: columns.fired_at,
  key: columns.dedup_key,
  email: columns.email,
  payload: readJson(columns.payload) as InboxEntry['payload'],
  receivedAt: columns.received_at,
  handledAt: columns.handled_at,
  attempts: columns.attempts,
});
