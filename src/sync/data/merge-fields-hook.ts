import type { ContactFields } from '../../civicrm/contact-data.ts';
import type { MergeField } from '../../mailchimp/api.ts';
import type { AudienceContext } from '../stage.ts';
import { audienceMergeFields, unknownFields } from './audience-merge-fields.ts';
import { mergeKey, type Data, type DatumKey, type DatumValue } from './datum.ts';
import { formatMergeField, missingParts, pathsFor } from './merge-field-format.ts';

/** A merge field of the audience with the CiviCRM field that fills it. */
export interface MappedField {
  readonly field: MergeField;
  readonly path: string;
}

/** The mapping of the settings with the audience's own definitions. A merge tag that the audience does not have is told, and left out. */
export async function mappedFields(context: AudienceContext, signal?: AbortSignal): Promise<readonly MappedField[]> {
  const { settings, log } = context;
  const mapping = Object.entries(settings.data.mergeFields);
  if (mapping.length === 0) return [];
  const definitions = await audienceMergeFields(context, signal);
  const unknown = mapping.filter(([tag]) => !definitions.has(tag)).map(([tag]) => tag);
  if (unknown.length > 0) log(`${unknownFields(context, unknown, definitions.keys())} Correct data.mergeFields in the settings, or add the field at Mailchimp.`);
  return mapping.flatMap(([tag, path]) => (definitions.has(tag) ? [{ field: definitions.get(tag)!, path }] : []));
}

/** All CiviCRM fields that the mapped merge fields need. */
export const pathsOf = (mapped: readonly MappedField[]): readonly string[] => [...new Set(mapped.flatMap(({ field, path }) => pathsFor(field, path)))];

/** Fields that CiviCRM left out of its answer: it does so silently with those that do not exist or that the API user may not see. */
export const missingPaths = (mapped: readonly MappedField[], fields: ContactFields): readonly string[] => pathsOf(mapped).filter((path) => fields[path] === undefined);

/** Merge fields of the kind address that this contact's address is too incomplete for. */
export const incompleteAddresses = (mapped: readonly MappedField[], fields: ContactFields): readonly string[] =>
  mapped.flatMap(({ field, path }) => (missingParts(field, path, (needed) => fields[needed]).length > 0 ? [field.tag] : []));

/** A contact's fields as merge fields. One that CiviCRM did not give is left as it is at Mailchimp. */
export function wantedMergeFields(mapped: readonly MappedField[], fields: ContactFields): Data {
  const given = mapped.filter(({ field, path }) => pathsFor(field, path).every((needed) => fields[needed] !== undefined));
  return Object.fromEntries(given.map(({ field, path }): [DatumKey, DatumValue] => [mergeKey(field.tag), formatMergeField(field, path, (needed) => fields[needed])]));
}
