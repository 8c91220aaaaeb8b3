import type { ListId } from '../../base/ids.ts';
import { AUDIENCE_COLUMNS, audienceOf, audienceParameters, type AudienceColumns } from '../columns/audience-columns.ts';
import type { AudienceState } from '../entities.ts';
import type { Store } from '../store.ts';
import type { Connection } from './connection.ts';
import type { Database } from './database.ts';
import { marks } from './lists.ts';
import { overwriting } from './overwriting.ts';

const READ = 'SELECT * FROM {audience} WHERE mailchimp_list_id = ?';
const WRITE = `
  INSERT INTO {audience} (mailchimp_list_id, ${AUDIENCE_COLUMNS.join(', ')}) VALUES (?, ${marks(AUDIENCE_COLUMNS.length)})
  ${overwriting(AUDIENCE_COLUMNS)}`;

export const audienceMethods = (database: Database): Pick<Store, 'audience'> => ({
  audience: (listId) => database.read(async (connection) => audienceOf(listId, (await connection.get(READ, listId)) as AudienceColumns | null)),
});

/** Part of a commit. */
export const writeAudience = async (connection: Connection, listId: ListId, audience: AudienceState): Promise<void> => {
  await connection.run(WRITE, listId, ...audienceParameters(audience));
};
