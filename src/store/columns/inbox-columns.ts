import type { Instant } from '../../base/clock.ts';
import type { EmailAddress, ListId } from '../../base/ids.ts';
import type { InboxEntry } from '../entities.ts';
import { readJson } from './json.ts';

/** A line of the inbox. */
export interface InboxColumns {
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

export const entryOf = (columns: InboxColumns): InboxEntry => ({
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

/** The newest of some lines, newest first. */
export const newestOf = (lines: readonly unknown[], limit: number): readonly InboxEntry[] =>
  (lines as readonly InboxColumns[])
    .map(entryOf)
    .toSorted((one, other) => other.firedAt - one.firedAt || other.id - one.id)
    .slice(0, limit);
