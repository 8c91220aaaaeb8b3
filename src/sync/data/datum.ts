import type { MergeFieldValue } from '../../mailchimp/api.ts';
import type { MailchimpAsk } from '../../store/entities.ts';

/** One datum of a member beside its subscription, interests, names and address: `merge:{tag}`, `tag:{name}`, `permission:{id}`, `language` or `vip`. */
export type DatumKey = string;
/** Tags, permissions and `vip` are on or off. */
export type DatumValue = MergeFieldValue | boolean;
export type Data = Readonly<Record<DatumKey, DatumValue>>;

export const LANGUAGE: DatumKey = 'language';
export const VIP: DatumKey = 'vip';
const MERGE = 'merge:';
const TAG = 'tag:';
const PERMISSION = 'permission:';

export const mergeKey = (tag: string): DatumKey => `${MERGE}${tag}`;
export const tagKey = (name: string): DatumKey => `${TAG}${name}`;
export const permissionKey = (id: string): DatumKey => `${PERMISSION}${id}`;

/** The data that hold first and last name. */
export const NAME_DATA = { firstName: mergeKey('FNAME'), lastName: mergeKey('LNAME') } as const;

const nameIn = (key: DatumKey, kind: string): string | undefined => (key.startsWith(kind) ? key.slice(kind.length) : undefined);
export const mergeTagOf = (key: DatumKey): string | undefined => nameIn(key, MERGE);
export const tagNameOf = (key: DatumKey): string | undefined => nameIn(key, TAG);
const permissionOf = (key: DatumKey): string | undefined => nameIn(key, PERMISSION);

type DataAsk = Pick<MailchimpAsk, 'mergeFields' | 'tags' | 'language' | 'vip' | 'marketingPermissions'>;

/** What has to be asked of Mailchimp for these data. */
export function askFor(data: Data): DataAsk {
  const entries = Object.entries(data);
  const named = <Value extends DatumValue>(nameOf: (key: DatumKey) => string | undefined): Record<string, Value> =>
    Object.fromEntries(entries.flatMap(([key, value]) => (nameOf(key) === undefined ? [] : [[nameOf(key)!, value as Value]])));
  const mergeFields = named<MergeFieldValue>(mergeTagOf);
  const tags = Object.entries(named<boolean>(tagNameOf));
  const permissions = named<boolean>(permissionOf);
  return {
    ...(Object.keys(mergeFields).length > 0 && { mergeFields }),
    ...(tags.length > 0 && { tags: { add: tags.filter(([, on]) => on).map(([name]) => name), remove: tags.filter(([, on]) => !on).map(([name]) => name) } }),
    ...(Object.keys(permissions).length > 0 && { marketingPermissions: permissions }),
    ...(typeof data[LANGUAGE] === 'string' && { language: data[LANGUAGE] }),
    ...(data[VIP] !== undefined && { vip: data[VIP] === true }),
  };
}

/** The data that an update asks for; names as the merge fields that they are. */
export function dataAsked(ask: MailchimpAsk): Data {
  const data: Record<DatumKey, DatumValue> = {};
  if (ask.firstName !== undefined) data[mergeKey('FNAME')] = ask.firstName;
  if (ask.lastName !== undefined) data[mergeKey('LNAME')] = ask.lastName;
  for (const [tag, value] of Object.entries(ask.mergeFields ?? {})) data[mergeKey(tag)] = value;
  for (const name of ask.tags?.add ?? []) data[tagKey(name)] = true;
  for (const name of ask.tags?.remove ?? []) data[tagKey(name)] = false;
  for (const [id, on] of Object.entries(ask.marketingPermissions ?? {})) data[permissionKey(id)] = on;
  if (ask.language !== undefined) data[LANGUAGE] = ask.language;
  if (ask.vip !== undefined) data[VIP] = ask.vip;
  return data;
}

/** Whether a value is none. */
export const isEmpty = (value: DatumValue | undefined): boolean =>
  value === undefined || value === '' || (typeof value === 'object' && Object.values(value).every((part) => part === ''));

/** Whether two values are the same to Mailchimp, which shows a number that was sent as text as a number. */
export function sameValue(one: DatumValue | undefined, other: DatumValue | undefined): boolean {
  if (isEmpty(one) || isEmpty(other)) return isEmpty(one) && isEmpty(other);
  if (typeof one !== 'object' || typeof other !== 'object') return typeof one !== 'object' && typeof other !== 'object' && String(one) === String(other);
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].every((part) => (one[part] ?? '') === (other[part] ?? ''));
}
