import type { Instant } from '../../base/clock.ts';
import type { ContactId, EmailAddress } from '../../base/ids.ts';
import type { CreationClaim } from '../entities.ts';

/** A line of the table of creation claims. */
export interface ClaimColumns {
  readonly site: string;
  readonly email: EmailAddress;
  readonly claimed_by: string;
  readonly claimed_at: Instant;
  readonly civicrm_contact_id: ContactId | null;
}

export const claimOf = (columns: ClaimColumns): CreationClaim => ({
  site: columns.site,
  email: columns.email,
  claimedBy: columns.claimed_by,
  claimedAt: columns.claimed_at,
  contactId: columns.civicrm_contact_id,
});
