import type { Duration } from '../base/clock.ts';
import type { AudienceContext } from './stage.ts';

/** By how much CiviCRM's clock is ahead of Mailchimp's, as their `Date` headers show. */
export const clockDifference = (context: Pick<AudienceContext, 'civicrm' | 'mailchimp'>): Duration => context.civicrm.clockOffset() - context.mailchimp.clockOffset();
