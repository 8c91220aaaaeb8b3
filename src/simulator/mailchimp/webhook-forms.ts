import type { Audience } from './audience.ts';
import { instantText } from './instants.ts';
import type { BatchRecord, MemberRecord, MergeValue } from './records.ts';

/** Form fields in their order. */
export type Form = [name: string, value: string][];

/** What a webhook says of a member: subscribe and profile send just this (recorded). */
export function memberForm(audience: Audience, member: MemberRecord): Form {
  return [
    ['data[id]', member.uniqueEmailId],
    ['data[email]', member.email],
    ['data[email_type]', member.emailType],
    ['data[ip_opt]', member.ipOpt],
    ...(member.ipSignup === '' ? [] : [['data[ip_signup]', member.ipSignup] satisfies [string, string]]),
    ['data[web_id]', String(member.webId)],
    ...mergesForm(audience, member),
    ['data[list_id]', audience.list.id],
  ];
}

/** `unsub`: the member left or was unsubscribed; `delete`: was archived. */
export type UnsubscribeAction = 'unsub' | 'delete';

export function unsubscribeForm(
  audience: Audience,
  member: MemberRecord,
  action: UnsubscribeAction,
  reason: 'manual' | 'abuse',
): Form {
  return [['data[action]', action], ['data[reason]', reason], ...memberForm(audience, member)];
}

/** https://mailchimp.com/developer/marketing/guides/sync-audience-data-webhooks/ : no `data[id]` here. */
export function cleanedForm(audience: Audience, member: MemberRecord, reason: 'hard' | 'abuse'): Form {
  return [
    ['data[list_id]', audience.list.id],
    ['data[campaign_id]', ''],
    ['data[reason]', reason],
    ['data[email]', member.email],
  ];
}

export function changedAddressForm(audience: Audience, member: MemberRecord, oldAddress: string): Form {
  return [
    ['data[list_id]', audience.list.id],
    ['data[new_id]', member.uniqueEmailId],
    ['data[new_email]', member.email],
    ['data[old_email]', oldAddress],
  ];
}

export function campaignForm(audience: Audience, campaignId: string, subject: string): Form {
  return [
    ['data[id]', campaignId],
    ['data[subject]', subject],
    ['data[status]', 'sent'],
    ['data[reason]', ''],
    ['data[list_id]', audience.list.id],
  ];
}

export function finishedBatchForm(batch: BatchRecord, responseBodyUrl: string): Form {
  return [
    ['data[id]', batch.id],
    ['data[status]', batch.status],
    ['data[total_operations]', String(batch.total)],
    ['data[finished_operations]', String(batch.finished)],
    ['data[errored_operations]', String(batch.errored)],
    ['data[submitted_at]', instantText(batch.submittedAt)],
    ['data[completed_at]', instantText(batch.completedAt)],
    ['data[response_body_url]', responseBodyUrl],
  ];
}

function mergesForm(audience: Audience, member: MemberRecord): Form {
  const form: Form = [['data[merges][EMAIL]', member.email]];
  for (const { tag } of audience.list.mergeFields) {
    form.push(...mergeValueForm(`data[merges][${tag}]`, member.mergeFields[tag] ?? ''));
  }
  if (audience.list.categories.length > 0) {
    const on = audience.list.categories
      .flatMap((category) => category.interests)
      .filter((interest) => member.interests.includes(interest.id));
    form.push(['data[merges][INTERESTS]', on.map((interest) => interest.name.replaceAll(',', '\\,')).join(', ')]);
  }
  return form;
}

function mergeValueForm(name: string, value: MergeValue): Form {
  if (typeof value !== 'object') return [[name, String(value)]];
  return Object.entries(value).map(([part, text]: [string, string]) => [`${name}[${part}]`, text]);
}
