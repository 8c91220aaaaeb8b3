import { Type } from 'typebox';
import { MINUTE, SECOND, type Clock, type Duration, type Instant } from '../../base/clock.ts';
import { SyncError } from '../../base/errors.ts';
import { abortedError } from '../../http/service.ts';
import { checkerOf } from '../../http/json.ts';
import type { Api4, Api4Call } from '../api4.ts';
import type { SiteDates } from '../dates.ts';
import { TRASHED_TOO } from '../queries.ts';
import { checkId } from '../rows.ts';
import { timestampBound } from './column-dates.ts';
import { inList, type Statement } from './statement.ts';

/** How long a copy of the database may take to get to where APIv4 was. */
const PATIENCE: Duration = MINUTE;
/** Pauses between two looks at the copy double up to this. */
const LONGEST_PAUSE: Duration = 2 * SECOND;
/** After so long the latest writes are asked for once more: those of before may have been deleted since, and never come. */
const ASK_AGAIN: Duration = 10 * SECOND;
/** Contacts modified in one second, at most; they are only of interest in so far as they share the latest second. */
const SAME_SECOND = 100;

/** The latest writes that APIv4 shows. A copy that shows them shows all that was committed before. */
interface Latest {
  readonly history: number;
  readonly email: number;
  /** The contacts modified in the latest second, and that second; null: no contact was ever modified. */
  readonly modified: { readonly at: Instant; readonly ids: readonly number[] } | null;
}

const checkModified = checkerOf(Type.Object({ id: Type.Union([Type.Integer(), Type.String()]), modified_date: Type.Union([Type.String(), Type.Null()]) }));
const checkShown = checkerOf(Type.Object({ shown: Type.Integer() }));

export interface CatchUpParts {
  readonly api: Api4;
  /** Dates as APIv4 shows them. */
  readonly dates: SiteDates;
  readonly clock: Clock;
  readonly ask: <Row>(statement: Statement<Row>, signal?: AbortSignal) => Promise<readonly Row[]>;
  readonly deadline: Duration;
}

/**
 * Waits until the database shows what APIv4 shows: it may be a copy (a replica, another node of a cluster) that is
 * behind. What the sync has just written and the copy does not show yet must not be decided again, nor a contact just
 * made be taken for deleted. A copy applies writes in the order of their commits, so the latest of each kind tell:
 * the highest history id, the highest id of an e-mail, and the contacts modified last.
 */
export async function catchUp(parts: CatchUpParts, signal?: AbortSignal): Promise<void> {
  const { clock, ask } = parts;
  const startedAt = clock.now();
  const targets = [await latestOf(parts, signal)];
  let askedAt = clock.now();
  for (let pause = SECOND / 10; ; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
    for (const target of targets) if ((await ask(isShown(target), signal))[0]) return;
    if (clock.now() + pause > startedAt + PATIENCE) throw behind(clock.now() - startedAt);
    await clock.wait(pause, signal).catch(() => undefined);
    if (signal?.aborted) throw abortedError();
    if (clock.now() - askedAt < ASK_AGAIN) continue;
    targets.push(await latestOf(parts, signal));
    askedAt = clock.now();
  }
}

async function latestOf({ api, dates, deadline }: CatchUpParts, signal?: AbortSignal): Promise<Latest> {
  const last = { select: ['id'], orderBy: { id: 'DESC' }, limit: 1 };
  const modified: Api4Call = { entity: 'Contact', action: 'get', params: { select: ['id', 'modified_date'], where: [TRASHED_TOO], orderBy: { modified_date: 'DESC' }, limit: SAME_SECOND } };
  const history: Api4Call = { entity: 'SubscriptionHistory', action: 'get', params: last };
  const email: Api4Call = { entity: 'Email', action: 'get', params: last };
  const [contacts = [], histories = [], emails = []] = await api.readMany([modified, history, email], deadline, signal);
  const idIn = (rows: readonly unknown[], call: Api4Call): number => (rows.length === 0 ? 0 : Number(api.fitting(checkId(rows[0]), call).id));
  const rows = contacts.map((row) => api.fitting(checkModified(row), modified));
  const at = dates.read(rows[0]?.modified_date ?? '');
  const ids = rows.filter((row) => row.modified_date === rows[0]?.modified_date).map((row) => Number(row.id));
  return { history: idIn(histories, history), email: idIn(emails, email), modified: at === null ? null : { at, ids } };
}

/** One row when everything is there, else none. */
function isShown({ history, email, modified }: Latest): Statement<unknown> {
  const listed = inList('id', modified?.ids ?? [0]);
  const contacts = `(SELECT COUNT(*) FROM civicrm_contact WHERE ${listed.sql} AND modified_date >= ?) >= ?`;
  return {
    table: 'civicrm_subscription_history',
    sql:
      'SELECT 1 AS shown FROM DUAL WHERE (? = 0 OR EXISTS (SELECT 1 FROM civicrm_subscription_history WHERE id >= ?)) ' +
      `AND (? = 0 OR EXISTS (SELECT 1 FROM civicrm_email WHERE id >= ?)) AND ${contacts}`,
    values: [history, history, email, email, ...listed.values, timestampBound(modified?.at ?? 0), modified?.ids.length ?? 0],
    read: checkShown,
  };
}

const behind = (waited: Duration): SyncError =>
  new SyncError(
    'civicrm_unreachable',
    `CiviCRM's database does not show what APIv4 has shown for ${Math.round(waited / SECOND)} s: it is a copy that is far behind, or another site's. ` +
      'Nothing was decided by what it shows. Let the copy catch up, name another server in `civicrm.database`, or use "access": "api".',
  );
