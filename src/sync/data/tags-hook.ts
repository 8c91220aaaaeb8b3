import type { DataSettings } from '../../settings/settings.ts';
import type { Row } from '../../store/entities.ts';
import type { AudienceContext } from '../stage.ts';
import { boundTag, bindsTag, tagIdentity } from './binding.ts';
import { tagKey, tagNameOf, type Data, type DatumKey } from './datum.ts';
import { memoryOf, TAGS_HOOK } from './hook-memory.ts';

/** CiviCRM's tags as Mailchimp tags: those that the contact has are on, the other bound ones off. */
export function wantedTags(row: Row, labels: readonly string[], tags: NonNullable<DataSettings['tags']>): Data {
  const wanted = byIdentity(labels.flatMap((label) => boundTag(tags, label) ?? []).toSorted());
  const bound = byIdentity('mapping' in tags ? Object.values(tags.mapping) : hadBefore(row));
  const all = [...new Map([...bound, ...wanted])].toSorted(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(all.map(([identity, name]): [DatumKey, boolean] => [tagKey(name), wanted.has(identity)]));
}

const byIdentity = (names: readonly string[]): ReadonlyMap<string, string> => new Map(names.map((name) => [tagIdentity(name), name]));

/** Bound tags that the member has, or had from us: those without a tag in CiviCRM come off. */
function hadBefore(row: Row): readonly string[] {
  const agreed = Object.entries(memoryOf(row, TAGS_HOOK)?.agreed ?? {});
  return [...(row.member?.tags ?? []), ...agreed.flatMap(([key, on]) => (on === true ? (tagNameOf(key) ?? []) : []))];
}

/** Reads all tags of the members that have more than Mailchimp showed: never judged by the first 50. By row. */
export async function readHiddenTags(context: AudienceContext, rows: readonly Row[], signal?: AbortSignal): Promise<ReadonlyMap<Row['id'], readonly string[]>> {
  const { settings, mailchimp } = context;
  const found = new Map<Row['id'], readonly string[]>();
  for (const row of rows) {
    if (row.member?.tags !== null || row.memberContactId === null) continue;
    signal?.throwIfAborted();
    const all = await mailchimp.memberTags(settings.listId, row.memberContactId, signal);
    if (all) found.set(row.id, all.filter((name) => bindsTag(settings.data.tags, name)));
  }
  return found;
}
