import { HOUR } from '../../src/base/clock.ts';
import { contactId, emailAddress, groupId, historyId, interestId, listId, memberContactId, memberHash, rowId, runId, updateId, writeId, type ContactId } from '../../src/base/ids.ts';
import type { Contact, ContactEmail, HistoryRow } from '../../src/civicrm/reader.ts';
import type { Member } from '../../src/mailchimp/api.ts';
import { listDefaults } from '../../src/settings/audience-settings.ts';
import type { AudienceSettings } from '../../src/settings/settings.ts';
import type { CivicrmUpdate, MailchimpUpdate, MemberFacts, Row, Word } from '../../src/store/entities.ts';
import type { GroupSaying } from '../../src/sync/civicrm-word.ts';
import type { Cluster, ClusterContact } from '../../src/sync/cluster.ts';
import type { DecisionRules } from '../../src/sync/decision.ts';
import { WordOrder } from '../../src/sync/words.ts';

/** Parts of the sync's data as its units meet them. Times are whole seconds from `T`. */
const T = Date.UTC(2026, 10, 24, 9);
export const at = (seconds: number): number => T + seconds * 1000;

export const LIST = listId('a0d1e2c3b4');
export const INTEREST = interestId('1e7e5e57ed');
export const GROUP = groupId(11);
export const INTEREST_GROUP = groupId(12);
export const P1 = emailAddress('p1@example.org');
export const P2 = emailAddress('p2@example.org');
export const WILMA = contactId(201);
export const BETTY = contactId(202);

/** A word said at Mailchimp at a point, or in a range of seconds. */
export const mailchimpSays = (value: boolean, since: number, until = since): Word => ({ value, since: at(since), at: at(until), source: 'mailchimp' });
export const civicrmSays = (value: boolean, since: number, until = since): Word => ({ value, since: at(since), at: at(until), source: 'civicrm' });

export const facts = (more: Partial<MemberFacts> = {}): MemberFacts => ({
  status: 'subscribed',
  lastChanged: at(0),
  timestampOpt: at(0),
  interests: {},
  firstName: 'Wilma',
  lastName: 'Flintstone',
  ...more,
});

export const member = (more: Partial<Member> = {}): Member => ({
  hash: memberHash('hash1'),
  contactId: memberContactId('member1'),
  email: P1,
  ...facts(),
  status: 'subscribed',
  mergeFields: { FNAME: 'Wilma', LNAME: 'Flintstone' },
  tags: null,
  ...more,
});

/** A row with a subscribed member at P1, of Wilma. */
export const row = (more: Partial<Row> = {}): Row => ({
  id: rowId(1),
  listId: LIST,
  version: 1,
  email: P1,
  agreedEmail: more.email ?? P1,
  memberHash: memberHash('hash1'),
  memberContactId: memberContactId('member1'),
  contactId: WILMA,
  member: facts(),
  lookedAt: at(0),
  groups: {},
  memory: {},
  hookData: {},
  syncStatus: 'todo',
  failReason: null,
  claimedBy: null,
  claimedUntil: null,
  ...more,
});

/** A row of a contact that Mailchimp has never seen. */
export const contactOnly = (more: Partial<Row> = {}): Row => row({ email: null, agreedEmail: null, memberHash: null, memberContactId: null, member: null, lookedAt: null, ...more });

export const email = (of: ContactId, address: string, more: Partial<ContactEmail> = {}): ContactEmail => ({
  id: 1,
  contactId: of,
  email: emailAddress(address),
  isPrimary: true,
  isBulkmail: false,
  onHold: 0,
  ...more,
});

export const saying = (added: boolean, word: Word | undefined, removal: Word | undefined = word && !word.value ? word : undefined): GroupSaying => ({
  added,
  searched: false,
  word,
  removal,
  shown: word && [GROUP, { status: added ? 'Added' : 'Removed', at: word.at }],
  unexplained: undefined,
});

const SILENT: GroupSaying = { added: false, searched: false, word: undefined, removal: undefined, shown: undefined, unexplained: undefined };

export interface ContactParts {
  readonly id?: ContactId;
  readonly contact?: Partial<Contact>;
  readonly emails?: readonly ContactEmail[];
  readonly subscription?: GroupSaying;
  readonly interest?: GroupSaying;
  readonly optOut?: Word;
}

/** A live contact; Wilma with P1 unless told otherwise. */
export function contact({ id = WILMA, contact: more = {}, emails = [email(id, P1)], subscription = SILENT, interest, optOut }: ContactParts = {}): ClusterContact {
  return {
    id,
    contact: { id, type: 'Individual', firstName: 'Wilma', lastName: 'Flintstone', isDeleted: false, isOptOut: false, doNotEmail: false, isDeceased: false, modified: at(0), ...more },
    emails,
    subscription,
    interests: new Map(interest ? [[INTEREST, interest]] : []),
    memory: { contactId: id, lookedAt: at(0), optOut: optOut ? { ...optOut, by: id, optOut: true, merged: 0 } : null, unexplained: {} },
  };
}

export const cluster = (more: Partial<Cluster> = {}): Cluster => ({ rows: [row()], contacts: [contact()], updates: [], survivors: new Map(), ...more });

export const historyRow = (id: number, status: string, seconds: number, more: Partial<HistoryRow> = {}): HistoryRow => ({
  id: historyId(id),
  contactId: WILMA,
  groupId: GROUP,
  date: at(seconds),
  status,
  tracking: null,
  ...more,
});

const account = { label: 'main', apiKey: '0123456789abcdef0123456789abcdef-us11', apiUrl: 'http://127.0.0.1:8181/3.0', connections: 8, batchWebhookSecret: 'secret', batchWebhookUrl: null };

const settings = (more: Partial<AudienceSettings> = {}): AudienceSettings => ({
  listId: LIST,
  name: 'Newsletter',
  ...listDefaults,
  account,
  subscriptionGroup: GROUP,
  interests: new Map(),
  trustOverride: { subscription: null, interests: new Map() },
  limits: { people: 25, percent: 10 },
  data: { names: true, tags: null, mergeFields: {} },
  batchPatience: listDefaults.batchPatience * HOUR,
  webhookSecret: 'secret',
  webhookUrl: null,
  webhookSigning: { enabled: true, secret: null },
  ...more,
});

export const rules = (more: Partial<AudienceSettings> = {}, withData = false): DecisionRules => ({
  settings: settings(more),
  order: new WordOrder(0),
  withData,
  now: { mailchimp: at(1000), civicrm: at(1000) },
});

const update = { id: updateId(1), listId: LIST, runId: runId('run'), rowId: rowId(1), contactId: WILMA, claims: false, origin: {}, reason: 'because', unclear: false, createdAt: at(0), sentAt: at(0), endedAt: null, failReason: null, answer: null } as const;

export const mailchimpUpdate = (more: Partial<MailchimpUpdate> = {}): MailchimpUpdate => ({
  ...update,
  side: 'mailchimp',
  kind: 'subscribe',
  state: 'submitted',
  ask: { status: 'subscribed' },
  key: 'member1',
  email: P1,
  isNew: false,
  batch: null,
  settledAs: null,
  ...more,
});

export const civicrmUpdate = (more: Partial<CivicrmUpdate> = {}): CivicrmUpdate => ({
  ...update,
  side: 'civicrm',
  kind: 'add',
  state: 'done',
  ask: { kind: 'group', groupId: GROUP, status: 'Added' },
  writeId: writeId('w1'),
  ...more,
});
