import type { Instant } from '../../base/clock.ts';
import { historyId, type HistoryId, type ListId } from '../../base/ids.ts';
import type { AudienceState } from '../entities.ts';
import type { Database } from './database.ts';
import { readJson, writeJson } from './json.ts';
import type { StoreMethods } from './methods.ts';

interface AudienceColumns {
  readonly fetched_at: Instant | null;
  readonly fully_fetched_at: Instant | null;
  readonly interests: string;
  readonly history: HistoryId;
  readonly history_gaps: string;
  readonly modified: Instant | null;
  readonly trash_looked_at: Instant | null;
}

const READ = 'SELECT * FROM mailchimpsync_audience WHERE mailchimp_list_id = ?';
const WRITE = `
  INSERT INTO mailchimpsync_audience
    (mailchimp_list_id, fetched_at, fully_fetched_at, interests, history, history_gaps, modified, trash_looked_at)
  VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
  ON CONFLICT (mailchimp_list_id) DO UPDATE SET
    fetched_at = ?2, fully_fetched_at = ?3, interests = ?4, history = ?5, history_gaps = ?6, modified = ?7, trash_looked_at = ?8`;

/** What is remembered of an audience; before the first fetch, nothing. */
export const audienceMethods = (database: Database): Pick<StoreMethods, 'audience'> => ({
  audience: (listId) => {
    const columns = database.get(READ, listId) as AudienceColumns | null;
    if (columns === null) {
      return { listId, fetchedAt: null, fullyFetchedAt: null, interests: [], history: historyId(0), historyGaps: {}, modified: null, trashLookedAt: null };
    }
    return {
      listId,
      fetchedAt: columns.fetched_at,
      fullyFetchedAt: columns.fully_fetched_at,
      interests: readJson(columns.interests) as AudienceState['interests'],
      history: columns.history,
      historyGaps: readJson(columns.history_gaps) as AudienceState['historyGaps'],
      modified: columns.modified,
      trashLookedAt: columns.trash_looked_at,
    };
  },
});

/** Part of a commit. */
export const writeAudience = (database: Database, listId: ListId, audience: AudienceState): void => {
  database.run(
    WRITE,
    listId,
    audience.fetchedAt,
    audience.fullyFetchedAt,
    writeJson(audience.interests),
    audience.history,
    writeJson(audience.historyGaps),
    audience.modified,
    audience.trashLookedAt,
  );
};
