import type { ListId } from '../../base/ids.ts';
import { AUDIENCE_COLUMNS, audienceOf, audienceParameters, type AudienceColumns } from '../columns/audience-columns.ts';
import type { AudienceState } from '../entities.ts';
import type { Database } from './database.ts';
import type { StoreMethods } from './methods.ts';

const READ = 'SELECT * FROM mailchimpsync_audience WHERE mailchimp_list_id = ?';
const WRITE = `
  INSERT INTO mailchimpsync_audience (mailchimp_list_id, ${AUDIENCE_COLUMNS.join(', ')}) VALUES (?, ${AUDIENCE_COLUMNS.map(() => '?').join(', ')})
  ON CONFLICT (mailchimp_list_id) DO UPDATE SET ${AUDIENCE_COLUMNS.map((column) => `${column} = excluded.${column}`).join(', ')}`;

export const audienceMethods = (database: Database): Pick<StoreMethods, 'audience'> => ({
  audience: (listId) => audienceOf(listId, database.get(READ, listId) as AudienceColumns | null),
});

/** Part of a commit. */
export const writeAudience = (database: Database, listId: ListId, audience: AudienceState): void => {
  database.run(WRITE, listId, ...audienceParameters(audience));
};
