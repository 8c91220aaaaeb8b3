import { claimOf, type ClaimColumns } from '../columns/creation-claim-columns.ts';
import { writeJson } from '../columns/json.ts';
import type { Database } from './database.ts';
import type { StoreMethods } from './methods.ts';

const CLAIM = `
  INSERT INTO mailchimpsync_creation_claim (site, email, claimed_by, claimed_at) VALUES (?1, ?2, ?3, ?4)
  ON CONFLICT (site, email) DO UPDATE SET claimed_by = ?3, claimed_at = ?4 WHERE claimed_at < ?5 OR claimed_by IN (SELECT value FROM json_each(?6))`;
const READ = `
  SELECT * FROM mailchimpsync_creation_claim
  WHERE site = ? AND email IN (SELECT value FROM json_each(?)) ORDER BY email`;
const OF_SITE = 'SELECT * FROM mailchimpsync_creation_claim WHERE site = ? ORDER BY email';
const MADE = 'UPDATE mailchimpsync_creation_claim SET civicrm_contact_id = ? WHERE site = ? AND email = ?';
const GIVE_BACK = 'DELETE FROM mailchimpsync_creation_claim WHERE site = ? AND email = ?';

/** Claims on making contacts, one an address and CiviCRM site. */
export const creationClaimMethods = (database: Database): Pick<StoreMethods, 'claimCreation' | 'creationClaims' | 'settleCreation'> => ({
  claimCreation: (site, emails, claimant, now, staleBefore, left = []) =>
    database.write(() => {
      for (const email of emails) database.run(CLAIM, site, email, claimant, now, staleBefore, writeJson(left));
      return (database.all(READ, site, writeJson(emails)) as readonly ClaimColumns[]).map(claimOf);
    }),
  creationClaims: (site) => (database.all(OF_SITE, site) as readonly ClaimColumns[]).map(claimOf),
  settleCreation: (site, made) =>
    database.write(() => {
      for (const { email, contactId } of made) {
        if (contactId === null) database.run(GIVE_BACK, site, email);
        else database.run(MADE, contactId, site, email);
      }
    }),
});

