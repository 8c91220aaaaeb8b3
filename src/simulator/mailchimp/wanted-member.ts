import { looksFake, looksLikeAddress } from './address.ts';
import type { Audience } from './audience.ts';
import { checkShape, notAccepted, type BodyShape, type JsonObject } from './call.ts';
import { readInstant } from './instants.ts';
import { readMergeValues } from './merge-values.ts';
import { invalidFields, invalidResource, strictly } from './problem.ts';
import type { MailchimpState, MemberRecord, MergeValue } from './records.ts';

/** Fields of a member that a write may have; PUT and POST add theirs. `tags` in PATCH was recorded as accepted. */
export const memberShape: BodyShape = {
  email_address: 'string',
  email_type: 'string',
  status: 'string',
  merge_fields: 'object',
  interests: 'object',
  language: 'string',
  vip: 'boolean',
  location: 'object',
  marketing_permissions: 'array',
  ip_signup: 'string',
  timestamp_signup: 'string',
  ip_opt: 'string',
  timestamp_opt: 'string',
  tags: 'array',
};

export const writableStatuses = ['subscribed', 'unsubscribed', 'cleaned', 'pending', 'transactional'] as const;
export type WritableStatus = (typeof writableStatuses)[number];

/** What a write asks for, read and checked against its audience, before anything is changed. */
export interface WantedMember {
  readonly address: string | null;
  readonly status: WritableStatus | null;
  readonly mergeFields: Record<string, MergeValue> | null;
  readonly interests: readonly (readonly [id: string, on: boolean])[];
  readonly permissions: readonly (readonly [id: string, on: boolean])[];
  readonly tags: readonly string[];
  readonly plain: Partial<MemberRecord>;
}

export function readWantedMember(
  audience: Audience,
  body: JsonObject,
  language: MailchimpState['language'],
  strict: boolean,
): WantedMember {
  const address = body['email_address'];
  if (typeof address === 'string') checkAddress(address);
  const merges = body['merge_fields'] as JsonObject | undefined;
  return {
    address: typeof address === 'string' ? address : null,
    status: readStatus('status', body['status']),
    mergeFields: merges === undefined ? null : readMergeValues(audience.list.mergeFields, merges, language),
    interests: readInterests(audience, (body['interests'] ?? {}) as JsonObject),
    permissions: readPermissions(audience, (body['marketing_permissions'] ?? []) as unknown[], strict),
    tags: readTagNames((body['tags'] ?? []) as unknown[]),
    plain: readPlain(body),
  };
}

function readPlain(body: JsonObject): Partial<MemberRecord> {
  const plain: Partial<MemberRecord> = {};
  if (typeof body['vip'] === 'boolean') plain.vip = body['vip'];
  if (typeof body['language'] === 'string') plain.language = body['language'];
  if (typeof body['ip_signup'] === 'string') plain.ipSignup = body['ip_signup'];
  if (typeof body['ip_opt'] === 'string') plain.ipOpt = body['ip_opt'];
  if (body['email_type'] !== undefined) plain.emailType = readEmailType(body['email_type']);
  if (body['timestamp_signup'] !== undefined) plain.timestampSignup = readTime('timestamp_signup', body['timestamp_signup']);
  if (body['timestamp_opt'] !== undefined) plain.timestampOpt = readTime('timestamp_opt', body['timestamp_opt']);
  return plain;
}

function checkAddress(address: string): void {
  if (!looksLikeAddress(address)) throw invalidResource('Please provide a valid email address.');
  if (looksFake(address)) throw invalidResource(`${address} looks fake or invalid, please enter a real email address.`);
}

export function readStatus(field: string, value: unknown): WritableStatus | null {
  if (value === undefined) return null;
  const status = writableStatuses.find((one) => one === value);
  if (status === undefined) throw notAccepted(field, writableStatuses);
  return status;
}

function readEmailType(value: unknown): 'html' | 'text' {
  if (value !== 'html' && value !== 'text') throw notAccepted('email_type', ['html', 'text']);
  return value;
}

function readTime(field: string, value: unknown): number | null {
  if (value === '') return null;
  const instant = readInstant(String(value));
  if (instant === null) throw invalidFields([{ field, message: 'Please enter a valid date' }]);
  return instant;
}

function readInterests(audience: Audience, given: JsonObject): [string, boolean][] {
  const known = new Set(audience.list.categories.flatMap(({ interests }) => interests.map(({ id }) => id)));
  return Object.entries(given).map(([id, on]) => {
    if (!known.has(id)) throw invalidResource(`Invalid interest ID: '${id}'.`);
    if (typeof on !== 'boolean') throw invalidFields([{ field: `interests.${id}`, message: `Schema describes boolean, ${typeof on} found instead` }]);
    return [id, on];
  });
}

/** A tag has at most 100 characters (Mailchimp's help); how the API says so is assumed. */
export function checkTagLength(name: string, place: number): void {
  if (name.length > 100) throw invalidFields([{ field: `tags.item:${place}.name`, message: 'A tag may have at most 100 characters.' }]);
}

/** Plain names here; objects with a status belong to the member's own `tags` endpoint. */
function readTagNames(given: readonly unknown[]): string[] {
  return given.map((tag, place) => {
    if (typeof tag !== 'string') throw invalidFields([{ field: `tags.item:${place}`, message: `Schema describes string, ${typeof tag} found instead` }]);
    if (tag === '') throw strictly(`tags.item:${place}`, 'A tag without a name');
    checkTagLength(tag, place);
    return tag;
  });
}

function readPermissions(audience: Audience, given: readonly unknown[], strict: boolean): [string, boolean][] {
  const known = audience.list.marketingPermissions.map(({ id }) => id);
  return given.map((one) => {
    const shape = { marketing_permission_id: 'string', enabled: 'boolean' } as const;
    const { marketing_permission_id: id, enabled } = checkShape(one, shape, strict, 'marketing_permissions.');
    if (typeof id !== 'string' || !known.includes(id)) throw notAccepted('marketing_permission_id', known);
    return [id, enabled === true];
  });
}
