import type { ContactId, EmailAddress } from '../base/ids.ts';
import { fitColumn } from '../civicrm/column-text.ts';
import type { Member } from '../mailchimp/api.ts';
import type { DataSettings } from '../settings/settings.ts';
import type { FailReason } from '../store/entities.ts';
import { bindsTag, boundTag, tagIdentity } from '../sync/data/binding.ts';
import { fitTextField } from '../sync/data/merge-field-format.ts';
import type { Person, Picture } from './picture.ts';

/** A row that the sync reported as one that it cannot bring in step. */
export interface ReportedRow {
  readonly email: EmailAddress | null;
  readonly contactId: ContactId | null;
  readonly reason: FailReason;
}

type DifferenceKind =
  | 'added, not subscribed' // Added and mailable in CiviCRM, no address of the contact is subscribed
  | 'subscribed, not added' // subscribed at Mailchimp, nobody who uses the address is Added
  | 'interest differs'
  | 'name differs' // of a subscribed member and the contact that leads it
  | 'tags differ'; // those that the settings bind

export interface Judgement {
  /** Differences that nothing excuses, by kind. */
  readonly differences: ReadonlyMap<DifferenceKind, number>;
  /** Differences that the sync itself reported, by reason. */
  readonly reported: ReadonlyMap<FailReason, number>;
}

interface Difference {
  readonly kind: DifferenceKind;
  readonly emails: readonly EmailAddress[];
  readonly contacts: readonly ContactId[];
}

/**
 * Whether both sides agree, by what the services show: the outcomes of algorithm.md, "Subscription, decided
 * per cluster", "Interests" and "Names", and the tags that the settings bind. Nothing of the sync is used but its list of rows that it gave up.
 */
export const judge = (picture: Picture, reportedRows: readonly ReportedRow[]): Judgement => {
  const reasonByEmail = new Map(reportedRows.flatMap(({ email, reason }) => (email === null ? [] : [[email, reason] as const])));
  const reasonByContact = new Map(reportedRows.flatMap(({ contactId, reason }) => (contactId === null ? [] : [[contactId, reason] as const])));
  const differences = new Map<DifferenceKind, number>();
  const reported = new Map<FailReason, number>();
  for (const { kind, emails, contacts } of differencesOf(picture)) {
    const reason = firstOf(emails, reasonByEmail) ?? firstOf(contacts, reasonByContact);
    if (reason === undefined) increase(differences, kind);
    else increase(reported, reason);
  }
  return { differences, reported };
};

const differencesOf = ({ audience, members, people }: Picture): readonly Difference[] => {
  const memberByAddress = new Map(members.map((member) => [member.email, member]));
  const kept = people.filter((person) => person.mayBeMailed && isAdded(person, audience.subscriptionGroup));
  const keepersByAddress = new Map<EmailAddress, Person[]>();
  for (const person of kept)
    for (const address of new Set(person.addresses)) keepersByAddress.set(address, [...(keepersByAddress.get(address) ?? []), person]);

  const notSubscribed = kept
    .filter(({ addresses }) => !addresses.some((address) => isInStepWithAdded(memberByAddress.get(address))))
    .map(({ id, addresses }): Difference => ({ kind: 'added, not subscribed', emails: addresses, contacts: [id] }));

  const subscribed = members.filter(({ status }) => status === 'subscribed');
  const usersOf = Map.groupBy(
    people.flatMap(({ id, addresses }) => addresses.map((address) => ({ address, id }))),
    ({ address }) => address,
  );
  const notAdded = subscribed
    .filter(({ email }) => !keepersByAddress.has(email))
    .map(({ email }): Difference => ({ kind: 'subscribed, not added', emails: [email], contacts: (usersOf.get(email) ?? []).map(({ id }) => id) }));

  // The member's interests, names and tags are those of the lowest id among the Added who use it.
  const led = subscribed.flatMap((member) => (keepersByAddress.get(member.email) ?? []).slice(0, 1).map((keeper) => ({ member, keeper })));
  const differing = (kind: DifferenceKind, count: (member: Member, keeper: Person) => number): readonly Difference[] =>
    led.flatMap(({ member, keeper }) => Array.from({ length: count(member, keeper) }, (): Difference => ({ kind, emails: [member.email], contacts: [keeper.id] })));
  const { interests, data } = audience;
  return [
    ...notSubscribed,
    ...notAdded,
    ...differing('interest differs', (member, keeper) => [...interests].filter(([interest, group]) => member.interests[interest] !== undefined && member.interests[interest] !== isAdded(keeper, group)).length),
    ...(data.names ? differing('name differs', (member, keeper) => Number(!hasNameOf(member, keeper))) : []),
    ...(data.tags === null ? [] : differing('tags differ', (member, keeper) => Number(!hasTagsOf(member, keeper, data.tags)))),
  ];
};

/** CiviCRM's columns hold 64 characters of a name, Mailchimp's fields 255 bytes; a name of spaces is none. */
const NAME_COLUMN = 64;
const sameName = (there: string, here: string): boolean => there.trim() === here.trim() || fitColumn(there, NAME_COLUMN) === here || there === fitTextField(here);

/** An audience that has no merge field for a name cannot differ in it. */
const hasNameOf = ({ mergeFields, firstName, lastName }: Member, person: Person): boolean =>
  (mergeFields['FNAME'] === undefined || sameName(firstName, person.firstName)) && (mergeFields['LNAME'] === undefined || sameName(lastName, person.lastName));

const hasTagsOf = (member: Member, person: Person, tags: DataSettings['tags']): boolean => {
  const here = new Set(tags === null ? [] : person.tags.flatMap((label) => boundTag(tags, label) ?? []).map(tagIdentity));
  const there = new Set((member.tags ?? []).filter((name) => bindsTag(tags, name)).map(tagIdentity));
  return here.size === there.size && [...here].every((name) => there.has(name));
};

/** A pending member was asked and has not answered yet: in step with Added. */
const isInStepWithAdded = (member: Member | undefined): boolean => member?.status === 'subscribed' || member?.status === 'pending';

const isAdded = ({ groups }: Person, group: Parameters<Person['groups']['get']>[0]): boolean => groups.get(group) === 'Added';

const firstOf = <Key, Value>(keys: readonly Key[], map: ReadonlyMap<Key, Value>): Value | undefined => {
  for (const key of keys) if (map.has(key)) return map.get(key);
  return undefined;
};

const increase = <Key>(counts: Map<Key, number>, key: Key): void => {
  counts.set(key, (counts.get(key) ?? 0) + 1);
};
