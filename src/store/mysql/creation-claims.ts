import { claimOf, type ClaimColumns } from '../columns/creation-claim-columns.ts';
import type { Store } from '../store.ts';
import type { Database } from './database.ts';
import { throwTakenMeanwhile } from './failures.ts';
import { compareKeys, sortedKeys } from './lists.ts';

const READ = 'SELECT * FROM {creation_claim} WHERE site = ? AND email IN (…) ORDER BY email';
/** Locked, so that nobody else takes over what is taken over here. */
const LOCK = `${READ} FOR UPDATE`;
const CLAIM = 'INSERT INTO {creation_claim} (site, email, claimed_by, claimed_at)';
const TAKE_OVER = 'UPDATE {creation_claim} SET claimed_by = ?, claimed_at = ? WHERE site = ? AND email IN (…)';
const OF_SITE = 'SELECT * FROM {creation_claim} WHERE site = ? ORDER BY email';
const MADE = 'UPDATE {creation_claim} SET civicrm_contact_id = ? WHERE site = ? AND email = ?';
const GIVE_BACK = 'DELETE FROM {creation_claim} WHERE site = ? AND email = ?';

/** Claims on making contacts, one an address and CiviCRM site. */
export const creationClaimMethods = (database: Database): Pick<Store, 'claimCreation' | 'creationClaims' | 'settleCreation'> => ({
  claimCreation: (site, emails, claimant, now, staleBefore, left = []) =>
    database.write(async (connection) => {
      const standing = (await connection.allIn(LOCK, emails, site)) as readonly ClaimColumns[];
      const claimed = new Set(standing.map(({ email }) => email));
      const free = sortedKeys(emails).filter((email) => !claimed.has(email));
      const leftBehind = standing.filter((claim) => claim.claimed_at < staleBefore || left.includes(claim.claimed_by)).map(({ email }) => email);
      await connection.insertAll(CLAIM, free.map((email) => [site, email, claimant, now])).catch(throwTakenMeanwhile);
      await connection.runIn(TAKE_OVER, leftBehind, claimant, now, site);
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
