import type { Duration, Instant } from '../base/clock.ts';
import { SECOND } from '../base/clock.ts';
import type { NewRow, Row, Update, Word } from '../store/entities.ts';
import { STATUS, asked } from './claims.ts';
import { point, type WordOrder } from './words.ts';

/** What a webhook says is a word of its own, said at `fired_at`, a point [hookwords]. */
export function hearWebhook<Kept extends Row | NewRow>(row: Kept, value: boolean, firedAt: Instant, order: WordOrder): Kept {
  const said = point(value, firedAt, 'mailchimp');
  const put = (known: Word | undefined): Word => moved(known, said, order);
  return { ...row, memory: { ...row.memory, status: put(row.memory.status), own: put(row.memory.own) }, syncStatus: 'todo' };
}

/** Words only move forward; what falls into a known word's range raises its ends [narrow]; in doubt the no counts. */
function moved(known: Word | undefined, said: Word, order: WordOrder): Word {
  if (!known || order.surelyLater(said, known)) return said;
  if (order.surelyLater(known, said)) return known;
  if (known.value === said.value) return { value: said.value, since: Math.max(known.since, said.since), at: Math.max(known.at, said.at), source: 'mailchimp' };
  return said.value ? known : said;
}

/** `fired_at` and `sentAt` are of two clocks and of whole seconds. */
const CLOCKS: Duration = 2 * SECOND;

/**
 * A `subscribe` that only reports what an update of ours asked for is nobody's word [hookid]: the update was sent before
 * it fired, and had not been settled by an earlier edit.
 * @param ahead Mailchimp's clock less ours
 */
export const isEcho = (updates: readonly Update[], firedAt: Instant, ahead: Duration): boolean =>
  updates.some(
    (update) =>
      update.side === 'mailchimp' &&
      asked(update, STATUS) === true &&
      update.sentAt !== null &&
      update.sentAt + ahead - CLOCKS <= firedAt &&
      (update.state !== 'done' || (update.settledAs ?? Infinity) >= firedAt),
  );
