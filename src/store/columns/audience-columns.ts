import type { Instant } from '../../base/clock.ts';
import { historyId, type HistoryId, type ListId } from '../../base/ids.ts';
import type { AudienceState } from '../entities.ts';
import { readJson, writeJson } from './json.ts';
import type { Parameter } from './parameter.ts';

/** A line of the audience table. */
export interface AudienceColumns {
  readonly fetched_at: Instant | null;
  readonly fully_fetched_at: Instant | null;
  readonly interests: string;
  readonly history: HistoryId;
  readonly history_gaps: string;
  readonly modified: Instant | null;
  readonly trash_looked_at: Instant | null;
}

/** What is remembered of an audience; before the first fetch (no line), nothing. */
export const audienceOf = (listId: ListId, columns: AudienceColumns | null): AudienceState => {
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
};

export const AUDIENCE_COLUMNS = ['fetched_at', 'fully_fetched_at', 'interests', 'history', 'history_gaps', 'modified', 'trash_looked_at'] as const;

/** Values for `AUDIENCE_COLUMNS`. */
export const audienceParameters = (audience: AudienceState): Parameter[] => [
  audience.fetchedAt,
  audience.fullyFetchedAt,
  writeJson(audience.interests),
  audience.history,
  writeJson(audience.historyGaps),
  audience.modified,
  audience.trashLookedAt,
];
