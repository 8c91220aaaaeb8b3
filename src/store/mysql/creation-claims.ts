import { claimOf, type ClaimColumns } from '../columns/creation-claim-columns.ts';
import type { Store } from '../store.ts';
import type { Database } from './database.ts';
import { compareKeys, sortedKeys } from './lists.ts';

const CLAIM = 'INSERT INTO {creation_claim} (site, email, claimed_by, claimed_at)';
/** In this order: MySQL sets one column after the other, and the second looks at its own old value. */
const TAKE_STALE = `
  ON DUPLICATE KEY UPDATE
    claimed_by = IF(claimed_at < ?, VALUES(claimed_by), claimed_by),
    claimed_at = IF(claimed_at < ?, VALUES(claimed_at), claimed_at)`;
const READ = 'SELECT * FROM {creation_claim} WHERE site = ? AND email IN (…) ORDER BY email';
const MADE = 'UPDATE {creation_claim} SET civicrm_contact_id = ? WHERE site = ? AND email = ?';
const GIVE_BACK = 'DELETE FROM {creation_claim} WHERE site = ? AND email = ?';

/** Claims on making contacts, one an address and CiviCRM site. */
export const creationClaimMethods = (database: Database): Pick<Store, 'claimCreation' | 'settleCreation'> => ({
  claimCreation: (site, emails, claimant, now, staleBefore) =>
    database.write(async (connection) => {
      const rows = sortedKeys(emails).map((email) => [site, email, claimant, now]);
      await connection.insertAll(CLAIM, rows, TAKE_STALE, staleBefore, staleBefore);
      return ((await connection.allIn(READ, emails, site)) as readonly ClaimColumns[]).map(claimOf);
    }),
  settleCreation: (site, made) =>
    database.write(async (connection) => {
      const sorted = [...made].sort((one, other) => compareKeys(one.email, other.email));
      for (const { email, contactId } of sorted) {
        if (contactId === null) await connection.run(GIVE_BACK, site, email);
        else await connection.run(MADE, contactId, site, email);
      }
    }),
});
