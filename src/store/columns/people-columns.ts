import { LIMITED_KINDS, type PeopleByKind } from '../entities.ts';

/** For `kind IN (…)`. */
export const LIMITED = LIMITED_KINDS.map((kind) => `'${kind}'`).join(', ');

/** Lines of a count of people by kind, with 0 for what there is none of. */
export const peopleOf = (lines: readonly unknown[]): PeopleByKind => {
  const counts = new Map((lines as readonly { readonly kind: string; readonly people: number }[]).map(({ kind, people }) => [kind, people]));
  return Object.fromEntries(LIMITED_KINDS.map((kind) => [kind, counts.get(kind) ?? 0])) as PeopleByKind;
};
