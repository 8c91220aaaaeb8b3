import type { Member } from '../../mailchimp/api.ts';
import type { DataSettings } from '../../settings/settings.ts';
import type { MemberFacts } from '../../store/entities.ts';
import { mergeTagOf, NAME_DATA } from './datum.ts';

/** Mailchimp tells tags apart neither by case nor by spaces around them (third party): names with the same key are one tag. */
export const tagIdentity = (name: string): string => name.trim().toLowerCase();

export const isSameTag = (one: string, other: string): boolean => tagIdentity(one) === tagIdentity(other);

const beginsWith = (name: string, prefix: string): boolean => name.toLowerCase().startsWith(prefix.toLowerCase());

/** Whether a tag at Mailchimp is one that the settings bind: no other is ever touched. */
export function bindsTag(tags: DataSettings['tags'], name: string): boolean {
  if (tags === null) return false;
  return 'prefix' in tags ? beginsWith(name, tags.prefix) : Object.values(tags.mapping).some((bound) => isSameTag(bound, name));
}

/** The Mailchimp tag that a CiviCRM tag becomes; undefined for one that is not bound. */
export function boundTag(tags: NonNullable<DataSettings['tags']>, label: string): string | undefined {
  if ('prefix' in tags) return beginsWith(label, tags.prefix) ? label.trim() : undefined;
  return Object.hasOwn(tags.mapping, label) ? tags.mapping[label] : undefined;
}

const NAMES = ['firstName', 'lastName'] as const;

/** What is kept of a member's data: what the settings bind, and which names it cannot have. */
export function boundData(member: Pick<Member, 'mergeFields' | 'tags'>, { tags, mergeFields }: DataSettings): Pick<MemberFacts, 'missingNames' | 'mergeFields' | 'tags'> {
  const missingNames = NAMES.filter((name) => member.mergeFields[mergeTagOf(NAME_DATA[name])!] === undefined);
  const mapped = Object.keys(mergeFields).filter((tag) => member.mergeFields[tag] !== undefined);
  return {
    ...(missingNames.length > 0 && { missingNames }),
    ...(mapped.length > 0 && { mergeFields: Object.fromEntries(mapped.map((tag) => [tag, member.mergeFields[tag]!])) }),
    ...(tags !== null && { tags: member.tags && member.tags.filter((name) => bindsTag(tags, name)) }),
  };
}
