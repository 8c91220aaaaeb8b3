import type { Path } from './json.ts';
import type { Report } from './problems.ts';
import type { ResolvedList } from './schema.ts';
import type { DataSettings } from './settings.ts';

type WrittenData = NonNullable<ResolvedList['data']>;

const tagsOf = (tags: WrittenData['tags'], path: Path, report: Report): DataSettings['tags'] => {
  if (tags === undefined) return null;
  const { prefix, mapping } = tags;
  if (prefix !== undefined && mapping === undefined) return { prefix };
  if (mapping !== undefined && prefix === undefined) return { mapping };
  report(path, 'expected either "prefix" or "mapping"');
  return null;
};

/** Merge tags that something else in the sync writes already. */
const writtenElsewhere = (names: boolean): ReadonlyMap<string, string> =>
  new Map([
    ['EMAIL', 'the address of a member is synchronised by itself and cannot be mapped'],
    ...(names
      ? ['FNAME', 'LNAME'].map((tag): [string, string] => [tag, `"names" fills ${tag} already; set "names" to false to map it yourself`])
      : []),
  ]);

/** What is copied in runs with data. */
export const dataOf = (data: WrittenData, path: Path, report: Report): DataSettings => {
  const names = data.names ?? true;
  const mergeFields = data.mergeFields ?? {};
  const taken = writtenElsewhere(names);
  for (const tag of Object.keys(mergeFields)) {
    const reason = taken.get(tag);
    if (reason !== undefined) report([...path, 'mergeFields', tag], reason);
  }
  return { names, tags: tagsOf(data.tags, [...path, 'tags'], report), mergeFields };
};
