import { contactId, historyId } from '../base/ids.ts';
import type { ContactId, EmailAddress, GroupId } from '../base/ids.ts';
import type { Civicrm } from '../civicrm/client.ts';
import type { ContactData } from '../civicrm/contact-data.ts';
import type { CivicrmReader, GroupStatus } from '../civicrm/reader.ts';
import type { MailchimpApi, Member } from '../mailchimp/api.ts';
import type { AudienceSettings } from '../settings/settings.ts';
import { boundGroups } from '../sync/changed-contacts.ts';
import { mayBeMailed } from '../sync/civicrm-word.ts';
import { allMembersOf, membersAmong, smartGroupsAmong } from '../sync/group-members.ts';

/** Both sides of one audience as the services show them now, read without the sync's store. */
export interface Picture {
  readonly audience: AudienceSettings;
  readonly members: readonly Member[];
  /** Live contacts that use a member's address, are in one of the groups or ever were, by id ascending. */
  readonly people: readonly Person[];
}

export interface Person {
  readonly id: ContactId;
  /** Neither opted out, do-not-e-mail nor deceased; or the settings say to ignore that. */
  readonly mayBeMailed: boolean;
  readonly firstName: string;
  readonly lastName: string;
  /** Labels of its tags; empty where the settings bind none. */
  readonly tags: readonly string[];
  readonly addresses: readonly EmailAddress[];
  /** Statuses in the subscription group and the interest groups, Added where a smart group finds it; a group is missing where the contact never was in it. */
  readonly groups: ReadonlyMap<GroupId, GroupStatus>;
}

const MEMBERS_A_PAGE = 1000;
const IDS_A_PAGE = 5000;

/** Reads one audience whole: every member, every contact that has to do with it. */
export const readPicture = async (audience: AudienceSettings, mailchimp: MailchimpApi, { reader, data }: Pick<Civicrm, 'reader' | 'data'>, signal: AbortSignal): Promise<Picture> => {
  const members = [
    ...(await readMembers(audience, mailchimp, null, signal)),
    ...(await readMembers(audience, mailchimp, 'archived', signal)),
  ];
  return { audience, members: await withAllTags(audience, members, mailchimp, signal), people: await readPeople(audience, members, reader, data, signal) };
};

/** Members with more tags than are shown are asked for theirs, where tags count. */
const withAllTags = async ({ listId, data }: AudienceSettings, members: readonly Member[], mailchimp: MailchimpApi, signal: AbortSignal): Promise<readonly Member[]> => {
  if (data.tags === null) return members;
  const complete: Member[] = [];
  for (const member of members) complete.push(member.tags === null && member.status === 'subscribed' ? { ...member, tags: await mailchimp.memberTags(listId, member.contactId, signal) } : member);
  return complete;
};

const readMembers = async (
  { listId, data }: AudienceSettings,
  mailchimp: MailchimpApi,
  status: 'archived' | null,
  signal: AbortSignal,
): Promise<readonly Member[]> => {
  const members: Member[] = [];
  for (let offset = 0; ; ) {
    const { value: page } = await mailchimp.membersPage({ listId, count: MEMBERS_A_PAGE, offset, since: null, status, withTags: data.tags !== null }, signal);
    members.push(...page.members);
    offset += page.length;
    if (page.length === 0 || offset >= page.totalItems) return members;
  }
};

const readPeople = async (
  audience: AudienceSettings,
  members: readonly Member[],
  civicrm: CivicrmReader,
  data: ContactData,
  signal: AbortSignal,
): Promise<readonly Person[]> => {
  const groups = [...new Set(boundGroups({ settings: audience }))];
  const reading = { civicrm, smartGroups: smartGroupsAmong(civicrm, groups) };
  const owners = await civicrm.emailsByAddress(members.map(({ email }) => email), signal);
  const ids = [
    ...new Set([
      ...owners.map((owner) => owner.contactId),
      ...(await allMembersOf(reading, audience.subscriptionGroup, signal)),
      ...(await everIn(groups, civicrm, signal)),
    ]),
  ].toSorted((a, b) => a - b);

  const addresses = Map.groupBy(await civicrm.emailsOfContacts(ids, signal), (email) => email.contactId);
  const statuses = Map.groupBy(await civicrm.groupContacts(ids, groups, signal), (groupContact) => groupContact.contactId);
  const found = new Map<GroupId, ReadonlySet<ContactId>>();
  for (const group of await reading.smartGroups(signal)) found.set(group, await membersAmong(reading, ids, group, signal));
  const foundIn = (id: ContactId): readonly GroupId[] => [...found].filter(([, inGroup]) => inGroup.has(id)).map(([group]) => group);
  const tags = audience.data.tags === null ? new Map<ContactId, readonly string[]>() : await data.tags(ids, signal);
  return (await civicrm.contactsById(ids, signal))
    .filter((contact) => !contact.isDeleted)
    .map((contact) => ({
      id: contact.id,
      mayBeMailed: audience.optOut === 'ignore' || mayBeMailed(contact),
      firstName: contact.firstName,
      lastName: contact.lastName,
      tags: tags.get(contact.id) ?? [],
      addresses: (addresses.get(contact.id) ?? []).map(({ email }) => email),
      groups: new Map([...(statuses.get(contact.id) ?? []).map(({ groupId, status }) => [groupId, status] as const), ...foundIn(contact.id).map((group) => [group, 'Added'] as const)]),
    }));
};

const everIn = async (groups: readonly GroupId[], civicrm: CivicrmReader, signal: AbortSignal): Promise<readonly ContactId[]> => {
  const ids = new Set<number>();
  for (let after = historyId(0); ; ) {
    const page = await civicrm.historySince(after, groups, IDS_A_PAGE, signal);
    for (const row of page) if (row.groupId !== null) ids.add(row.contactId);
    after = page.at(-1)?.id ?? after;
    if (page.length < IDS_A_PAGE) return [...ids].map(contactId);
  }
};
