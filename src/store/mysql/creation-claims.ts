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
const TAKE_FROM = 'UPDATE {creation_claim} SET claimed_by = ?, claimed_at = ? WHERE site = ? AND claimed_by = ? AND email IN (…)';
const OF_SITE = 'SELECT * FROM {creation_claim} WHERE site = ? ORDER BY email';
const READ = 'SELECT * FROM {creation_claim} WHERE site = ? AND email IN (…) ORDER BY email';
const MADE = 'UPDATE {creation_claim} SET civicrm_contact_id = ? WHERE site = ? AND email = ?';
const GIVE_BACK = 'DELETE FROM {creation_claim} WHERE site = ? AND email = ?';

/** Claims on making contacts, one an address and CiviCRM site. */
export const creationClaimMethods = (database: Database): Pick<Store, 'claimCreation' | 'creationClaims' | 'settleCreation'> => ({
  claimCreation: (site, emails, claimant, now, staleBefore, left = []) =>
    database.write(async (connection) => {
      for (const claimedBy of sortedKeys(left)) await connection.runIn(TAKE_FROM, emails, claimant, now, site, claimedBy);
      const rows = sortedKeys(emails).map((email) => [site, email, claimant, now]);
      await connection.insertAll(CLAIM, rows, TAKE_STALE, staleBefore, staleBefore);
      return ((await connection.allIn(READ, emails, site)) as readonly ClaimColumns[]).map(claimOf);
    }),
  creationClaims: async (site) => ((await database.read((connection) => connection.all(OF_SITE, site))) as readonly ClaimColumns[]).map(claimOf),
  settleCreation: (site, made) =>
    database.write(async (connection) => {
      const sorted = [...made].sort((one, other) => compareKeys(one.email, other.email));
      for (const { email, contactId } of sorted) {
        if (contactId === null) await connection.run(GIVE_BACK, site, email);
        else await connection.run(MADE, contactId, site, email);
      }
    }),
});
