import type { Instant } from '../base/clock.ts';
import { emailAddress, interestId, memberContactId, memberHash, type InterestId } from '../base/ids.ts';
import type { Member, MembersPage, MembersQuery, MemberStatus, MergeFieldValue } from './api.ts';
import { readDate, writeDate } from './dates.ts';
import { MEMBER_FIELDS, TAG_FIELDS, checkMember, checkMembers, type MemberShape } from './shapes.ts';
import type { Checked } from '../http/json.ts';

const STATUSES: readonly string[] = ['subscribed', 'unsubscribed', 'cleaned', 'pending', 'transactional', 'archived'] satisfies MemberStatus[];
const isStatus = (text: unknown): text is MemberStatus => typeof text === 'string' && STATUSES.includes(text);

/** Mailchimp began in 2001. A bound before that means "all"; sent, a very old one hangs the service (facts/mailchimp.md). */
const BEFORE_ALL_MEMBERS: Instant = Date.UTC(2001, 0, 1);

/** The query of one page of members. */
export function membersQuery({ count, offset, since, status, withTags = false }: MembersQuery): Record<string, string> {
  return {
    count: String(count),
    offset: String(offset),
    fields: [...[...MEMBER_FIELDS, ...(withTags ? TAG_FIELDS : [])].map((field) => `members.${field}`), 'total_items'].join(','),
    ...(since === null || since < BEFORE_ALL_MEMBERS ? {} : { since_last_changed: writeDate(since) }),
    ...(status === null ? {} : { status }),
  };
}

/** Reads a page of members. */
export function readPage(body: unknown): Checked<MembersPage> {
  const page = checkMembers(body);
  if (!page.fits) return page;
  const members: Member[] = [];
  let withoutEmail = 0;
  for (const [at, shape] of page.value.members.entries()) {
    if (hasNoEmail(shape)) {
      withoutEmail += 1;
      continue;
    }
    const member = readShape(shape);
    if (!member.fits) return { fits: false, where: `/members/${at}${member.where}` };
    members.push(member.value);
  }
  return { fits: true, value: { members, withoutEmail, length: page.value.members.length, totalItems: page.value.total_items } };
}

/** Reads one member. */
export function readMember(body: unknown): Checked<Member> {
  const shape = checkMember(body);
  return shape.fits ? readShape(shape.value) : shape;
}

const hasNoEmail = ({ id, email_address: email }: MemberShape): boolean => (id ?? '') === '' || (email ?? '') === '';

function readShape(shape: MemberShape): Checked<Member> {
  if (hasNoEmail(shape)) return { fits: false, where: '/id or /email_address is missing' };
  if ((shape.contact_id ?? '') === '') return { fits: false, where: '/contact_id is missing' };
  if (!isStatus(shape.status)) return { fits: false, where: '/status is none that the API describes' };
  const lastChanged = readDate(shape.last_changed ?? '');
  if (lastChanged === null) return { fits: false, where: '/last_changed is not a date' };
  const timestampOpt = (shape.timestamp_opt ?? '') === '' ? null : readDate(shape.timestamp_opt ?? '');
  if (timestampOpt === null && (shape.timestamp_opt ?? '') !== '') return { fits: false, where: '/timestamp_opt is not a date' };
  const interests: Record<InterestId, boolean> = {};
  for (const [id, on] of Object.entries(shape.interests ?? {})) interests[interestId(id)] = on;
  return {
    fits: true,
    value: {
      hash: memberHash(shape.id ?? ''),
      contactId: memberContactId(shape.contact_id ?? ''),
      email: emailAddress(shape.email_address ?? ''),
      status: shape.status,
      lastChanged,
      timestampOpt,
      interests,
      firstName: nameText(shape.merge_fields?.['FNAME']),
      lastName: nameText(shape.merge_fields?.['LNAME']),
      mergeFields: mergeFieldsOf(shape.merge_fields ?? {}),
      tags: tagsOf(shape),
    },
  };
}

/** A merge field can have any type, and an audience need not have these two. */
const nameText = (value: unknown): string => (typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '');

/** Mailchimp shows the first 50 tags and tells how many there are: fewer than that are no answer. */
function tagsOf({ tags, tags_count: count }: MemberShape): Member['tags'] {
  if (tags === undefined || tags.length < (count ?? tags.length)) return null;
  return tags.map(({ name }) => name);
}

function mergeFieldsOf(shown: Readonly<Record<string, unknown>>): Member['mergeFields'] {
  return Object.fromEntries(Object.entries(shown).map(([tag, value]) => [tag, mergeFieldValue(value)]));
}

function mergeFieldValue(value: unknown): MergeFieldValue {
  if (typeof value === 'string' || typeof value === 'number') return value;
  if (typeof value !== 'object' || value === null) return '';
  return Object.fromEntries(Object.entries(value).map(([part, text]) => [part, String(text)]));
}
