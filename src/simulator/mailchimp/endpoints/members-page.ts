import type { Audience } from '../audience.ts';
import type { Call } from '../call.ts';
import { ownLinks } from '../links.ts';
import { memberFieldNames, showMember } from '../member-view.ts';
import { invalidResource, NoAnswer, strictly } from '../problem.ts';
import type { MemberRecord, MemberStatus } from '../records.ts';
import { paging, type Outcome, type Route } from '../routes.ts';
import { dropFields, keepFields, readFieldTree, type FieldTree } from '../select-fields.ts';

const statuses: readonly MemberStatus[] = ['subscribed', 'unsubscribed', 'cleaned', 'pending', 'transactional', 'archived'];
const sortFields = ['timestamp_opt', 'timestamp_signup', 'last_changed'] as const;
type SortField = (typeof sortFields)[number];

/** Before this the real service does not answer (third party: `since_last_changed` of 1970 hangs). */
const oldestSince = Date.UTC(2000, 0, 1);

const envelope = ['members', 'list_id', 'total_items', '_links'];

const sortValues: Readonly<Record<SortField, (member: MemberRecord) => number>> = {
  timestamp_opt: (member) => member.timestampOpt ?? 0,
  timestamp_signup: (member) => member.timestampSignup ?? 0,
  last_changed: (member) => member.lastChanged,
};

interface Sorted {
  readonly version: number;
  readonly members: readonly MemberRecord[];
}

/** Sorted once for all pages of a fetch, until a member changes. */
const sortedMembers = new WeakMap<Audience, Map<SortField, Sorted>>();

function page(call: Call): Outcome {
  const audience = call.audience();
  const chosen = inOrder(call, audience).filter(filterOf(call, audience));
  const keep = readFieldTree(call.query.get('fields'));
  const drop = readFieldTree(call.query.get('exclude_fields'));
  if (call.strict && keep !== null) checkFields(keep);

  const keepOfMember = keep === null ? null : (keep.get('members') ?? null);
  const withMembers = (keep === null || keepOfMember !== null) && drop?.get('members')?.size !== 0;
  const shown = call.page(chosen);
  const rest: Record<string, unknown> = {
    list_id: audience.list.id,
    total_items: chosen.length,
    _links: ownLinks(call.base, `/lists/${audience.list.id}`, `/lists/${audience.list.id}/members`),
  };
  const keptRest = keep === null ? rest : keepFields(rest, keep);
  const members = withMembers
    ? { members: shown.map((member) => showMember(audience, call.base, member, keepOfMember, drop?.get('members') ?? null)) }
    : {};
  return {
    status: 200,
    body: { ...members, ...((drop === null ? keptRest : dropFields(keptRest, drop)) as Record<string, unknown>) },
    selected: true,
  };
}

/** A path that leads nowhere is a slip of the sync: the real service would just leave the field out. */
function checkFields(keep: FieldTree): void {
  const unknown = [...keep.keys()].find((name) => !envelope.includes(name));
  if (unknown !== undefined) throw strictly('fields', `Unknown field ${unknown}`);
  const stray = [...(keep.get('members')?.keys() ?? [])].find((name) => !memberFieldNames.includes(name));
  if (stray !== undefined) throw strictly('fields', `Unknown field members.${stray}`);
}

/** In the order of adding unless a sort is asked for; which order the real service has is not documented. */
function inOrder(call: Call, audience: Audience): readonly MemberRecord[] {
  const field = call.choice('sort_field', sortFields);
  const descending = call.choice('sort_dir', ['ASC', 'DESC', 'asc', 'desc'])?.toUpperCase() === 'DESC';
  if (field === null) return audience.list.members;
  const sorted = sortedBy(audience, field);
  return descending ? sorted.toReversed() : sorted;
}

function sortedBy(audience: Audience, field: SortField): readonly MemberRecord[] {
  const bySort = sortedMembers.get(audience) ?? new Map<SortField, Sorted>();
  sortedMembers.set(audience, bySort);
  const known = bySort.get(field);
  if (known?.version === audience.version) return known.members;
  const value = sortValues[field];
  const members = audience.list.members.toSorted((one, other) => value(one) - value(other));
  bySort.set(field, { version: audience.version, members });
  return members;
}

function filterOf(call: Call, audience: Audience): (member: MemberRecord) => boolean {
  const status = call.choice('status', statuses);
  const emailType = call.choice('email_type', ['html', 'text']);
  const uniqueEmailId = call.query.get('unique_email_id');
  const vipOnly = call.flag('vip_only');
  const changedSince = call.instant('since_last_changed');
  const changedBefore = call.instant('before_last_changed');
  const optSince = call.instant('since_timestamp_opt');
  const optBefore = call.instant('before_timestamp_opt');
  const interested = interestFilter(call, audience);
  refuseWhatIsNotSimulated(call);
  if (changedSince !== null && changedSince < oldestSince) throw new NoAnswer();
  return (member) =>
    // Inferred from recordings: the archived are listed only when asked for.
    (status === null ? member.status !== 'archived' : member.status === status) &&
    (emailType === null || member.emailType === emailType) &&
    (uniqueEmailId === null || member.uniqueEmailId === uniqueEmailId) &&
    (!vipOnly || member.vip) &&
    isWithin(member.lastChanged, changedSince, changedBefore) &&
    isWithin(member.timestampOpt, optSince, optBefore) &&
    interested(member);
}

/** Documented as "after": the second itself is not in it, so who asks must overlap. */
function isWithin(instant: number | null, since: number | null, before: number | null): boolean {
  if (since === null && before === null) return true;
  return instant !== null && (since === null || instant > since) && (before === null || instant < before);
}

function interestFilter(call: Call, audience: Audience): (member: MemberRecord) => boolean {
  const categoryId = call.query.get('interest_category_id');
  const ids = call.query.get('interest_ids');
  const match = call.choice('interest_match', ['any', 'all', 'none']);
  if (categoryId === null && ids === null && match === null) return () => true;
  if (categoryId === null || ids === null || match === null) {
    throw invalidResource('interest_category_id, interest_ids and interest_match must be given together.');
  }
  const category = audience.list.categories.find(({ id }) => id === categoryId);
  const wanted = ids.split(',').filter((id) => category?.interests.some((interest) => interest.id === id));
  return (member) => {
    const count = wanted.filter((id) => member.interests.includes(id)).length;
    if (match === 'any') return count > 0;
    return match === 'all' ? count === wanted.length : count === 0;
  };
}

function refuseWhatIsNotSimulated(call: Call): void {
  if (call.query.has('since_last_campaign') && !call.query.has('status')) {
    throw invalidResource('Status is required when using since_last_campaign filter.');
  }
  for (const name of ['since_last_campaign', 'unsubscribed_since']) {
    if (call.query.has(name)) throw strictly(name, 'Not simulated');
  }
}

export const membersPageRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/lists/{list}/members',
    query: [
      ...paging,
      'email_type',
      'status',
      'since_timestamp_opt',
      'before_timestamp_opt',
      'since_last_changed',
      'before_last_changed',
      'unique_email_id',
      'vip_only',
      'interest_category_id',
      'interest_ids',
      'interest_match',
      'sort_field',
      'sort_dir',
      'since_last_campaign',
      'unsubscribed_since',
    ],
    run: page,
  },
];
