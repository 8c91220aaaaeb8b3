import type { Duration } from '../base/clock.ts';
import { SyncError } from '../base/errors.ts';
import type { Api4 } from './api4.ts';
import { checkId } from './rows.ts';

/**
 * Checks that the key is somebody's and may see contacts. It must be asked before each run: without the permission, and
 * without a credential at all, CiviCRM answers 200 and no rows, as if everybody were gone (facts/civicrm.md).
 *
 * What cannot be told by reading: "access deleted contacts" (without it trashed contacts look like deleted ones) and the
 * permissions to write, whose lack is an error of the first write.
 */
export async function probe(api: Api4, deadline: Duration, signal?: AbortSignal): Promise<void> {
  const own = { entity: 'Contact', action: 'get', params: { select: ['id'], where: [['id', '=', 'user_contact_id']] } };
  const rows = await api.read(own, deadline, signal);
  if (rows.length !== 1) {
    throw new SyncError(
      'civicrm_unauthorized',
      `POST Contact/get: the API key reads ${rows.length} contacts where it must read its own. ` +
        'Either the site did not take the key (a proxy may drop the header X-Civi-Auth), or its user lacks "access CiviCRM" or "view all contacts".',
    );
  }
  const id = Number(api.fitting(checkId(rows[0]), own).id);
  // Every site has the contact of its own organisation beside the user's.
  const others = await api.read({ entity: 'Contact', action: 'get', params: { select: ['id'], where: [['id', '!=', id]], orderBy: { id: 'ASC' }, limit: 1 } }, deadline, signal);
  if (others.length === 0) throw new SyncError('civicrm_unauthorized', 'POST Contact/get: the API user sees no contact but its own. Give its role "view all contacts".');
}
