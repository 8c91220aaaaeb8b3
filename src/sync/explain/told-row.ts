import type { ContactId, EmailAddress, GroupId, MemberContactId, RowId } from '../../base/ids.ts';
import type { FailReason, InboxEntry, Row, SyncStatus } from '../../store/entities.ts';
import { knownUsers } from '../changed-contacts.ts';
import { FAIL_REASONS, STATUSES } from './reasons.ts';
import { listed, told, toldOrNull } from './told.ts';
import { wordsOfRow, type ToldWord } from './told-word.ts';

/** A member's facts as they are told. */
export interface ToldMember {
  /** null: gone, or never there. */
  readonly status: string | null;
  readonly lastChanged: string | null;
  /** `timestamp_opt`. */
  readonly optedIn: string | null;
  readonly interests: Readonly<Record<string, boolean>>;
  /** Of the person asked about only. */
  readonly firstName: string | null;
  readonly lastName: string | null;
  /** When it was seen so; null: in whole fetches only. */
  readonly seenAt: string | null;
}

/** One address at one audience, as the store has it. */
export interface ToldRow {
  readonly row: RowId;
  /** Of the person asked about. */
  readonly isAsked: boolean;
  /** null: of somebody else, or of a contact that has none at Mailchimp. */
  readonly email: EmailAddress | null;
  readonly formerEmails: readonly { readonly email: EmailAddress; readonly until: string }[];
  /** Of the person asked about only. */
  readonly memberId: MemberContactId | null;
  /** Who uses the address. */
  readonly contactIds: readonly ContactId[];
  /** null: never seen at Mailchimp. */
  readonly mailchimp: ToldMember | null;
  /** The group statuses of its contact at the last decision, with the date of the last history row. */
  readonly civicrm: Readonly<Record<GroupId, { readonly status: string; readonly at: string | null }>>;
  readonly words: readonly ToldWord[];
  readonly status: SyncStatus;
  readonly statusMeans: string;
  readonly reason: FailReason | null;
  readonly reasonMeans: string | null;
  readonly reasonEnds: string | null;
}

export function toldRow(row: Row, webhooks: readonly InboxEntry[], isHers: boolean): ToldRow {
  const reason = row.failReason === null ? null : FAIL_REASONS[row.failReason];
  return {
    row: row.id,
    isAsked: isHers,
    email: isHers ? row.email : null,
    formerEmails: isHers ? (row.memory.former ?? []).map(({ email, until }) => ({ email, until: told(until) })) : [],
    memberId: isHers ? row.memberContactId : null,
    contactIds: knownUsers(row),
    mailchimp: row.member && toldMember(row.member, row.lookedAt, isHers),
    civicrm: Object.fromEntries(Object.entries(row.groups).map(([group, { status, at }]) => [group, { status, at: toldOrNull(at) }])),
    words: wordsOfRow(row, webhooks),
    status: row.syncStatus,
    statusMeans: STATUSES[row.syncStatus],
    reason: row.failReason,
    reasonMeans: reason?.means ?? null,
    reasonEnds: reason?.ends ?? null,
  };
}

export const toldMember = (member: Pick<NonNullable<Row['member']>, 'status' | 'lastChanged' | 'timestampOpt' | 'interests' | 'firstName' | 'lastName'>, seenAt: number | null, isHers: boolean): ToldMember => ({
  status: member.status,
  lastChanged: told(member.lastChanged),
  optedIn: toldOrNull(member.timestampOpt),
  interests: member.interests,
  firstName: isHers ? member.firstName : null,
  lastName: isHers ? member.lastName : null,
  seenAt: toldOrNull(seenAt),
});

/** What Mailchimp has of a member, in a sentence. */
export function memberInWords(member: ToldMember | null): string {
  if (member === null) return 'never seen there';
  if (member.status === null) return `gone${member.lastChanged === null ? '' : `, noticed at ${member.lastChanged}`}`;
  const interests = Object.entries(member.interests).map(([interest, on]) => `interest ${interest} ${on ? 'on' : 'off'}`);
  const name = [member.firstName, member.lastName].filter((part) => part !== null && part !== '').join(' ');
  return listed([member.status, `last changed at ${member.lastChanged}`, ...(member.optedIn === null ? [] : [`opted in at ${member.optedIn}`]), ...interests, ...(name === '' ? [] : [`named ${name}`])]);
}

/** The lines of a row, for people. */
export function rowInWords(row: ToldRow): readonly string[] {
  const of = row.email ?? (row.isAsked ? 'No address at Mailchimp' : row.contactIds.length > 0 ? `An address of contact ${row.contactIds.join(', ')}` : 'An address of somebody else');
  const groups = Object.entries(row.civicrm).map(([group, { status, at }]) => `${status} in group ${group}${at === null ? '' : ` since ${at}`}`);
  return [
    `${of} (row ${row.row}${row.contactIds.length > 0 ? `, ${row.contactIds.map((id) => `contact ${id}`).join(', ')}` : ', no contact'})`,
    `  At Mailchimp, as this sync last knew: ${memberInWords(row.mailchimp)}${row.mailchimp?.seenAt ? `, seen at ${row.mailchimp.seenAt}` : ''}.`,
    `  In CiviCRM, at the last decision: ${groups.length > 0 ? listed(groups) : 'in no group that is bound'}.`,
    ...row.formerEmails.map(({ email, until }) => `  The member had the address ${email} until ${until}.`),
    ...row.words.map(({ about, text }) => `  Said about the ${about}: ${text}.`),
    `  State: ${row.status}, ${row.statusMeans}.${row.reason === null ? '' : ` Reason ${row.reason}: ${row.reasonMeans} It ends with ${row.reasonEnds}.`}`,
  ];
}
