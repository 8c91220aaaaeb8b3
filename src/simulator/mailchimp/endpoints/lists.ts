import type { Audience } from '../audience.ts';
import type { Call } from '../call.ts';
import { instantText } from '../instants.ts';
import { link, ownLinks } from '../links.ts';
import type { MemberRecord, MemberStatus } from '../records.ts';
import { ok, paging, selection, type Outcome, type Route } from '../routes.ts';

function showList(call: Call, { list }: Audience): Record<string, unknown> {
  const { account } = call.account.state;
  return {
    id: list.id,
    web_id: list.webId,
    name: list.name,
    contact: { company: account.name, address1: '', address2: '', city: '', state: '', zip: '', country: '', phone: '' },
    permission_reminder: 'You signed up for our newsletter.',
    use_archive_bar: true,
    campaign_defaults: { from_name: account.name, from_email: account.email, subject: '', language: 'en' },
    notify_on_subscribe: '',
    notify_on_unsubscribe: '',
    date_created: instantText(list.dateCreated),
    list_rating: 0,
    email_type_option: list.emailTypeOption,
    subscribe_url_short: '',
    subscribe_url_long: '',
    beamer_address: '',
    visibility: 'prv',
    double_optin: list.doubleOptIn,
    has_welcome: false,
    marketing_permissions: list.marketingPermissions.length > 0,
    modules: [],
    stats: stats(call, list.members, list.mergeFields.length),
    _links: [
      ...ownLinks(call.base, '/lists', `/lists/${list.id}`),
      link(call.base, 'members', `/lists/${list.id}/members`),
      link(call.base, 'merge-fields', `/lists/${list.id}/merge-fields`),
      link(call.base, 'interest-categories', `/lists/${list.id}/interest-categories`),
      link(call.base, 'webhooks', `/lists/${list.id}/webhooks`),
    ],
  };
}

/** `total_contacts` counts all but the archived, and only when it is asked for (specification). */
function stats(call: Call, members: readonly MemberRecord[], mergeFieldCount: number): Record<string, unknown> {
  const count = (status: MemberStatus): number => members.filter((member) => member.status === status).length;
  const latest = (status: MemberStatus, instant: (member: MemberRecord) => number | null): string =>
    instantText(members.reduce<number | null>((last, member) => (member.status === status ? later(last, instant(member)) : last), null));
  return {
    member_count: count('subscribed'),
    ...(call.flag('include_total_contacts') ? { total_contacts: members.length - count('archived') } : {}),
    unsubscribe_count: count('unsubscribed'),
    cleaned_count: count('cleaned'),
    member_count_since_send: count('subscribed'),
    unsubscribe_count_since_send: count('unsubscribed'),
    cleaned_count_since_send: count('cleaned'),
    campaign_count: 0,
    campaign_last_sent: '',
    merge_field_count: mergeFieldCount,
    avg_sub_rate: 0,
    avg_unsub_rate: 0,
    target_sub_rate: 0,
    open_rate: 0,
    click_rate: 0,
    last_sub_date: latest('subscribed', (member) => member.timestampOpt),
    last_unsub_date: latest('unsubscribed', (member) => member.lastChanged),
  };
}

function later(last: number | null, next: number | null): number | null {
  return last === null || next === null ? (last ?? next) : Math.max(last, next);
}

function all(call: Call): Outcome {
  const { lists } = call.account.state;
  return ok({
    lists: call.page(lists).map(({ id }) => showList(call, call.account.requireAudience(id))),
    total_items: lists.length,
    constraints: { may_create: false, max_instances: lists.length, current_total_instances: lists.length },
    _links: ownLinks(call.base, '/', '/lists'),
  });
}

function one(call: Call): Outcome {
  return ok(showList(call, call.audience()));
}

export const listRoutes: readonly Route[] = [
  { method: 'GET', path: '/lists', query: [...paging, 'include_total_contacts'], run: all },
  { method: 'GET', path: '/lists/{list}', query: [...selection, 'include_total_contacts'], run: one },
];
