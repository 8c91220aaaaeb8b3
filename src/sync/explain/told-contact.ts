import type { ContactId, EmailAddress, GroupId } from '../../base/ids.ts';
import type { ClusterContact } from '../cluster.ts';
import { groupBy } from '../collections.ts';
import type { GroupSaying } from '../civicrm-word.ts';
import type { AudienceSettings } from '../../settings/settings.ts';
import type { SeenContacts } from './seen.ts';
import { listed } from './told.ts';
import { toldHistory, wordOfCivicrm, type ToldHistory, type ToldWord } from './told-word.ts';

/** A contact as CiviCRM shows it now. Names and addresses are told of the person asked about only. */
export interface ToldContact {
  readonly contactId: ContactId;
  readonly isAsked: boolean;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly isDeleted: boolean;
  readonly isOptOut: boolean;
  readonly doNotEmail: boolean;
  readonly isDeceased: boolean;
  readonly emails: readonly { readonly email: EmailAddress; readonly isPrimary: boolean; readonly isBulkmail: boolean; readonly onHold: boolean }[] | null;
  /** The groups that are bound. */
  readonly groups: readonly { readonly groupId: GroupId; readonly about: string; readonly added: boolean; readonly isSmart: boolean }[];
  readonly words: readonly ToldWord[];
  readonly history: readonly ToldHistory[];
}

export function toldContacts({ contacts, history, writes }: SeenContacts, settings: AudienceSettings, asked: ContactId | null): readonly ToldContact[] {
  const byContact = groupBy(history, ({ contactId }) => contactId);
  return contacts.map((each) => {
    const isAsked = each.id === asked;
    const { contact } = each;
    const own = byContact.get(each.id) ?? [];
    const bound = boundSayings(each, settings);
    const words = bound.flatMap(({ about, groupId, saying }) => {
      const rows = own.filter((row) => row.groupId === groupId);
      const told = (what: string, word: GroupSaying['word']): ToldWord[] => (word ? [wordOfCivicrm(what, word, rows, writes)] : []);
      const { word, removal } = saying;
      return [...told(about, word), ...(removal && removal.at !== word?.at ? told(`${about}, the last removal`, removal) : [])];
    });
    const { optOut } = each.memory;
    return {
      contactId: each.id,
      isAsked,
      firstName: isAsked ? contact.firstName : null,
      lastName: isAsked ? contact.lastName : null,
      isDeleted: contact.isDeleted,
      isOptOut: contact.isOptOut,
      doNotEmail: contact.doNotEmail,
      isDeceased: contact.isDeceased,
      emails: isAsked ? each.emails.map(({ email, isPrimary, isBulkmail, onHold }) => ({ email, isPrimary, isBulkmail, onHold: onHold !== 0 })) : null,
      groups: bound.map(({ about, groupId, saying }) => ({ groupId, about, added: saying.added, isSmart: saying.searched })),
      words: [...words, ...(optOut ? [wordOfCivicrm('subscription', optOut, [], writes)] : [])],
      history: own.map((row) => toldHistory(row, writes)),
    };
  });
}

function boundSayings({ subscription, interests }: ClusterContact, settings: AudienceSettings): readonly { readonly about: string; readonly groupId: GroupId; readonly saying: GroupSaying }[] {
  return [
    { about: 'subscription', groupId: settings.subscriptionGroup, saying: subscription },
    ...[...settings.interests].flatMap(([interest, groupId]) => {
      const saying = interests.get(interest);
      return saying ? [{ about: `interest ${interest}`, groupId, saying }] : [];
    }),
  ];
}

/** The lines of a contact, for people. */
export function contactInWords(contact: ToldContact): readonly string[] {
  const { isDeleted, isOptOut, doNotEmail, isDeceased } = contact;
  const marks = [...(isDeleted ? ['in the trash'] : []), ...(isOptOut ? ['opted out'] : []), ...(doNotEmail ? ['marked “do not e-mail”'] : []), ...(isDeceased ? ['deceased'] : [])];
  const groups = contact.groups.map(({ groupId, added, isSmart }) => `${added ? '' : 'not '}${isSmart ? 'in smart group' : 'Added to group'} ${groupId}`);
  const emails = contact.emails?.map(({ email, isPrimary, isBulkmail, onHold }) => `${email}${isPrimary ? ' (primary)' : ''}${isBulkmail ? ' (bulk mail)' : ''}${onHold ? ' (on hold)' : ''}`);
  const name = [contact.firstName, contact.lastName].filter((part) => part !== null && part !== '').join(' ');
  const history = contact.history.map(({ id, groupId, status, at, ours }) => `no. ${id}, ${at}: ${status} in ${groupId === null ? 'all mailings' : `group ${groupId}`}${ours === null ? '' : ` (our update ${ours})`}`);
  return [
    `  Contact ${contact.contactId}${name === '' ? '' : `, ${name}`}: ${listed([...groups, ...marks])}.`,
    ...(emails === undefined ? [] : [`  Its addresses: ${emails.length > 0 ? listed(emails) : 'none'}.`]),
    ...contact.words.map(({ about, text }) => `  It says about the ${about}: ${text}.`),
    ...(history.length > 0 ? [`  Its history: ${history.join('; ')}.`] : []),
  ];
}
