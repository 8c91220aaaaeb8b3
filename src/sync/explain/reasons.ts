import type { FailReason, SyncStatus } from '../../store/entities.ts';

/** What a reason means, and what ends it; docs/reference/people.md has the same sentences. */
export interface Reason {
  readonly means: string;
  readonly ends: string;
}

export const FAIL_REASONS: Readonly<Record<FailReason, Reason>> = {
  no_email: { means: 'The contact has no address that may be mailed.', ends: 'an address, or the hold taken off' },
  on_hold: { means: 'The address of the member who left is on hold in CiviCRM.', ends: 'the hold taken off, or another address' },
  cleaned: { means: 'Mailchimp cleaned the address after bounces, and subscribes nobody there.', ends: 'another address, or the person’s own sign-up' },
  compliance: { means: 'The person left or complained, and Mailchimp lets nobody else subscribe them.', ends: 'the person’s own sign-up, another address in place of this one, or the contact removed and added anew' },
  forgotten: { means: 'The member was deleted for good at Mailchimp, which does not take the address again.', ends: 'the person’s own sign-up, another address, or the contact removed and added anew' },
  address_refused: { means: 'Mailchimp takes the address for fake or invalid, or CiviCRM cannot hold it.', ends: 'another address, or the contact removed and added anew' },
  address: { means: 'The contact has another address now, and Mailchimp does not give it to the member; or the contact has none any more.', ends: 'a free address that Mailchimp takes' },
  later: { means: 'The person has signed up to too many lists lately; Mailchimp is asked again.', ends: 'three days, the person’s own sign-up, or another address' },
  opted_out: { means: 'The person subscribed at Mailchimp after an opt-out in CiviCRM; both stay.', ends: 'the opt-out taken back, a removal from the group, or the person leaving' },
  smart_group: { means: 'The group is a smart group, which is never written; its search says otherwise than the later word.', ends: 'the search saying the same, or the person saying otherwise' },
  data_refused: { means: 'A name, a field, a tag or another datum was refused; the rest went through.', ends: 'another value' },
  gone_at_mailchimp: { means: 'There is no such member at Mailchimp any more; nothing has failed.', ends: 'the contact added again' },
  left_out: { means: 'Somebody left this person out when a plan was approved.', ends: 'a release, or something else to be done for them' },
  other: { means: 'A service refused the person for a reason of its own; its answer is with the update.', ends: 'another address or name, the contact removed and added anew, or a release' },
};

export const STATUSES: Readonly<Record<SyncStatus, string>> = {
  todo: 'to be decided by the next run or webhook',
  live: 'decided; Mailchimp is to be asked, or has not answered yet',
  ok: 'in step: nothing is left to do',
  redo: 'being asked by Mailchimp to confirm',
  fail: 'cannot be synced',
};
