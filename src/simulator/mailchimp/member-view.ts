import type { Audience } from './audience.ts';
import { instantText } from './instants.ts';
import { link, type Link } from './links.ts';
import type { MemberRecord, MergeValue } from './records.ts';
import { dropFields, keepFields, type FieldTree } from './select-fields.ts';

/** "tags: the tags applied, up to 50", with `tags_count` for all (specification). */
const shownTags = 50;

interface Place {
  readonly audience: Audience;
  readonly base: string;
}

/** One getter a field, so that a page with `fields=` computes only what it shows. `undefined` leaves a field out. */
const getters: Readonly<Record<string, (member: MemberRecord, place: Place) => unknown>> = {
  id: (member) => member.id,
  email_address: (member) => member.email,
  unique_email_id: (member) => member.uniqueEmailId,
  contact_id: (member) => member.contactId,
  full_name: (member) => `${nameText(member, 'FNAME')} ${nameText(member, 'LNAME')}`.trim(),
  web_id: (member) => member.webId,
  email_type: (member) => member.emailType,
  status: (member) => member.status,
  unsubscribe_reason: (member) => (member.status === 'unsubscribed' ? member.unsubscribeReason : undefined),
  consents_to_one_to_one_messaging: () => true,
  sms_phone_number: (member) => (member.smsPhoneNumber === '' ? undefined : member.smsPhoneNumber),
  sms_subscription_status: (member) => (member.smsStatus === '' ? undefined : member.smsStatus),
  merge_fields: (member, { audience }) => mergeFields(member, audience),
  interests: (member, { audience }) => interests(member, audience),
  stats: () => ({ avg_open_rate: 0, avg_click_rate: 0 }),
  ip_signup: (member) => member.ipSignup,
  timestamp_signup: (member) => instantText(member.timestampSignup),
  ip_opt: (member) => member.ipOpt,
  timestamp_opt: (member) => instantText(member.timestampOpt),
  member_rating: (member) => member.memberRating,
  last_changed: (member) => instantText(member.lastChanged),
  language: (member) => member.language,
  vip: (member) => member.vip,
  email_client: () => '',
  location: () => ({ latitude: 0, longitude: 0, gmtoff: 0, dstoff: 0, country_code: '', timezone: '', region: '' }),
  marketing_permissions: (member, { audience }) => permissions(member, audience),
  source: (member) => member.source,
  tags_count: (member) => member.tags.length,
  tags: (member, { audience }) => tags(member, audience),
  list_id: (_member, { audience }) => audience.list.id,
  _links: (member, place) => links(member, place),
};

export const memberFieldNames: readonly string[] = Object.keys(getters);

/** A member as the API shows it, or only the fields that are asked for. */
export function showMember(
  audience: Audience,
  base: string,
  member: MemberRecord,
  keep: FieldTree | null = null,
  drop: FieldTree | null = null,
): Record<string, unknown> {
  const place = { audience, base };
  const shown: Record<string, unknown> = {};
  for (const [name, getter] of Object.entries(getters)) {
    const kept = keep === null || keep.size === 0 ? undefined : keep.get(name);
    const dropped = drop?.get(name);
    if ((keep !== null && keep.size > 0 && kept === undefined) || dropped?.size === 0) continue;
    const value = getter(member, place);
    if (value === undefined) continue;
    const trimmed = kept === undefined ? value : keepFields(value, kept);
    shown[name] = dropped === undefined ? trimmed : dropFields(trimmed, dropped);
  }
  return shown;
}

function nameText(member: MemberRecord, tag: string): string {
  const value = member.mergeFields[tag];
  return typeof value === 'string' ? value : '';
}

/** Every merge field of the audience, '' when empty (recorded). */
function mergeFields(member: MemberRecord, audience: Audience): Record<string, MergeValue> {
  const values: Record<string, MergeValue> = {};
  for (const { tag } of audience.list.mergeFields) values[tag] = member.mergeFields[tag] ?? '';
  return values;
}

/** Every interest of the audience; left out where it has none (recorded). */
function interests(member: MemberRecord, audience: Audience): Record<string, boolean> | undefined {
  if (audience.list.categories.length === 0) return undefined;
  const shown: Record<string, boolean> = {};
  for (const category of audience.list.categories) {
    for (const interest of category.interests) shown[interest.id] = member.interests.includes(interest.id);
  }
  return shown;
}

function permissions(member: MemberRecord, audience: Audience): unknown {
  if (audience.list.marketingPermissions.length === 0) return undefined;
  return audience.list.marketingPermissions.map(({ id, text }) => ({
    marketing_permission_id: id,
    text,
    enabled: member.marketingPermissions.includes(id),
  }));
}

function tags(member: MemberRecord, audience: Audience): { id: number; name: string }[] {
  return member.tags.slice(0, shownTags).map(({ id }) => ({ id, name: tagName(audience, id) }));
}

export function tagName(audience: Audience, id: number): string {
  return audience.list.tags.find((tag) => tag.id === id)?.name ?? '';
}

function links(member: MemberRecord, { audience, base }: Place): Link[] {
  const members = `/lists/${audience.list.id}/members`;
  const self = `${members}/${member.id === '' ? member.contactId : member.id}`;
  return [
    link(base, 'self', self),
    link(base, 'parent', members),
    link(base, 'update', self, 'PATCH'),
    link(base, 'upsert', self, 'PUT'),
    link(base, 'delete', self, 'DELETE'),
    link(base, 'activity', `${self}/activity`),
    link(base, 'goals', `${self}/goals`),
    link(base, 'notes', `${self}/notes`),
    link(base, 'events', `${self}/events`),
    link(base, 'delete_permanent', `${self}/actions/delete-permanent`, 'POST'),
  ];
}
