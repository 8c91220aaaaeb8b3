import { HOUR, type Instant } from '../../base/clock.ts';
import { contactId, emailAddress, memberHash, type GroupId, type InterestId } from '../../base/ids.ts';
import type { SiteDates } from '../../civicrm/dates.ts';
import type { MemberStatus } from '../../mailchimp/api.ts';
import type { AudienceSettings } from '../../settings/settings.ts';
import type { MemberFacts, NewRow, RowMemory, Word } from '../../store/entities.ts';
import { bareRow } from '../bare-row.ts';
import { EVER, point } from '../words.ts';
import { flowHook, type HookMemory } from '../data/hook-memory.ts';
import type { CacheLine } from './cache-line.ts';
import { asJson, NotPhp, readPhp, type PhpArray, type PhpValue } from './php-serialized.ts';

const STATUSES: ReadonlySet<string> = new Set<MemberStatus>(['subscribed', 'unsubscribed', 'cleaned', 'pending', 'transactional', 'archived']);
/** How far the extension's clock, its server's, may have been off Mailchimp's. */
const CLOCKS = HOUR;

export interface ImportContext {
  readonly settings: AudienceSettings;
  readonly dates: SiteDates;
  /** When the extension began its last fetch; null: not known. */
  readonly fetchedAt: Instant | null;
}

export interface ImportedRow {
  readonly row: NewRow;
  /** Some of its data could not be read and were left out. */
  readonly damaged: boolean;
}

/** A line of the extension's table as a row of ours; null for a line with neither an address nor a contact, or with a status that Mailchimp does not have. */
export function importedRow(line: CacheLine, context: ImportContext): ImportedRow | null {
  const email = line.email === null || line.email === '' ? null : emailAddress(line.email);
  if ((email === null && line.contactId === null) || (line.status !== null && !isStatus(line.status))) return null;
  const data = plain(line.mailchimpData);
  const hooks = plain(line.civicrmData);
  const member = email === null ? null : memberOf(line, data ?? new Map(), context);
  const row: NewRow = {
    ...bareRow(context.settings.listId),
    email,
    agreedEmail: email,
    memberHash: line.memberHash === null || line.memberHash === '' ? null : memberHash(line.memberHash),
    contactId: line.contactId === null ? null : contactId(line.contactId),
    member: member?.facts ?? null,
    memory: member?.memory ?? {},
    // What the extension had seen then, and not what it wrote: a later change was said after it.
    lookedAt: member ? Math.max(member.facts.lastChanged, context.fetchedAt === null ? EVER : context.fetchedAt - CLOCKS) : null,
    groups: groupsOf(line.groups ?? '', context),
    hookData: line.contactId === null || hooks === null ? {} : hookDataOf(hooks, line.contactId),
    syncStatus: line.syncStatus === 'ok' ? 'ok' : 'todo',
  };
  return { row, damaged: data === null || hooks === null };
}

const isStatus = (text: string): text is MemberStatus => STATUSES.has(text);

/** An array that PHP wrote; empty where there is none, null where it cannot be read. */
function plain(bytes: Uint8Array | null): PhpArray | null {
  if (bytes === null || bytes.length === 0) return new Map();
  try {
    const value = readPhp(bytes);
    return value instanceof Map ? value : value === false || value === null ? new Map<string, PhpValue>() : null;
  } catch (error) {
    if (error instanceof NotPhp) return null;
    throw error;
  }
}

function memberOf(line: CacheLine, data: PhpArray, context: ImportContext): { readonly facts: MemberFacts; readonly memory: RowMemory } | null {
  const updated = dateOf(line.updated, context.dates);
  if (line.status === null || !isStatus(line.status) || updated === null) return null;
  const status = line.status;
  const saidAt = changedAt(data, 'status', context) ?? updated;
  const interests = interestsOf(data, updated, context);
  // When a yes was said is not known, only by when: an opt-in after that is a new word (`timestamp_opt`), an earlier one is this.
  const word: Word = status === 'subscribed' ? { ...point(true, saidAt, 'mailchimp'), since: EVER } : point(false, saidAt, 'mailchimp');
  const said: RowMemory = status === 'pending' ? { foreign: { since: saidAt, at: updated } } : { status: word, own: word };
  return {
    facts: {
      status,
      lastChanged: updated,
      timestampOpt: saidAt,
      interests: Object.fromEntries(interests.map(([id, interest]) => [id, interest.value])),
      firstName: textOf(data.get('first_name')),
      lastName: textOf(data.get('last_name')),
    },
    memory: { ...said, ...(interests.length > 0 && { interests: Object.fromEntries(interests) }) },
  };
}

/** Its second format has `interest-{id}` beside `interest-{id}@`, when that last changed; its first one an array without times, in which PHP makes a number of a key of digits. */
function interestsOf(data: PhpArray, updated: Instant, context: ImportContext): readonly (readonly [InterestId, Word])[] {
  const first = data.get('interests');
  return [...context.settings.interests.keys()].flatMap((id) => {
    const value = data.get(`interest-${id}`) ?? (first instanceof Map ? (first.get(id) ?? first.get(Number(id))) : undefined);
    if (value === undefined || value === null) return [];
    return [[id, point(isOn(value), changedAt(data, `interest-${id}`, context) ?? updated, 'mailchimp')] as const];
  });
}

const isOn = (value: PhpValue): boolean => value === true || value === 1 || value === '1';
const textOf = (value: PhpValue | undefined): string => (typeof value === 'string' ? value : '');

const changedAt = (data: PhpArray, fact: string, { dates }: ImportContext): Instant | null => dateOf(textOf(data.get(`${fact}@`)), dates);

const SHORT = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})$/;

/** `YYYYMMDDhhmmss` or `YYYY-MM-DD hh:mm:ss`, as the site's clocks stood on that day. */
const dateOf = (text: string | null, dates: SiteDates): Instant | null => (text === null ? null : dates.found(text.replace(SHORT, '$1-$2-$3 $4:$5:$6')));

/** For people who look: what the contact was in the bound groups. */
function groupsOf(text: string, { settings, dates }: ImportContext): NewRow['groups'] {
  const bound = new Map<string, GroupId>([settings.subscriptionGroup, ...settings.interests.values()].map((id) => [String(id), id]));
  return Object.fromEntries(
    text.split('|').flatMap((entry) => {
      const [group = '', status = '', date = ''] = entry.split(';');
      const id = bound.get(group);
      return id === undefined || status === '' ? [] : [[id, { status, at: dateOf(date, dates) }] as const];
    }),
  );
}

/** What another extension's hook kept becomes the memory of a flow's hook of that name; nothing is sent by it. */
function hookDataOf(hooks: PhpArray, contact: number): NewRow['hookData'] {
  return Object.fromEntries([...hooks].map(([name, kept]): [string, HookMemory] => [flowHook(String(name)), { of: contactId(contact), wants: {}, agreed: {}, memory: asJson(kept) }]));
}

/** When the extension began its last fetch, from what it keeps of an audience. */
export function lastFetch(data: Uint8Array | null, dates: SiteDates): Instant | null {
  const kept = plain(data)?.get('lastSyncTime');
  if (typeof kept !== 'string') return null;
  const iso = /T.*(?:Z|[+-]\d{2}:?\d{2})$/.test(kept) ? Date.parse(kept) : Number.NaN;
  return Number.isNaN(iso) ? dateOf(kept, dates) : iso;
}
