import assert from 'node:assert/strict';
import {
  contactId, emailAddress, groupId, interestId, listId, memberContactId, memberHash, runId, updateId, writeId, type RowId, type RunId, type UpdateId,
} from '../../../src/base/ids.ts';
import type { CivicrmUpdate, HeldPlan, MailchimpUpdate, NewRow, Row, Word } from '../../../src/store/entities.ts';
import type { Store, Unit, UnitOutcome } from '../../../src/store/store.ts';

/** How the suite reaches the store under test: `connect` opens one more instance on the same data. */
export interface StorePlace {
  connect(): Promise<Store>;
  /** Everything is closed; what is left may go. */
  remove(): Promise<void>;
}

/** The instances of one test: two on the same data, as two processes have. */
export interface Stores {
  readonly store: Store;
  readonly other: Store;
}

export const LIST = listId('aaaaaaaaaa');
export const OTHER_LIST = listId('bbbbbbbbbb');
export const RUN = runId('run-1');
export const INTEREST = interestId('cccccccccc');
export const NOW = Date.UTC(2026, 0, 15, 12);
export const MINUTE = 60_000;

export const word = (value: boolean, at: number): Word => ({ value, since: at - 5, at, source: 'mailchimp' });

/** A row with every column filled, known by `name`. */
export const memberRow = (name: string, change: Partial<NewRow> = {}): NewRow => ({
  listId: LIST,
  email: emailAddress(`${name}@example.org`),
  agreedEmail: emailAddress(`${name}@example.org`),
  memberHash: memberHash(`hash of ${name}`),
  memberContactId: memberContactId(`member ${name}`),
  contactId: null,
  member: { status: 'subscribed', lastChanged: NOW, timestampOpt: NOW - 1, interests: { [INTEREST]: true }, firstName: 'Zoë', lastName: 'O’Hara' },
  lookedAt: NOW - 2,
  groups: { [groupId(111)]: { status: 'Added', at: NOW - 3 } },
  memory: { status: word(true, NOW), interests: { [INTEREST]: word(false, NOW - 7) }, users: [contactId(4)] },
  hookData: { names: { seen: ['a', null, 1.5] } },
  syncStatus: 'todo',
  failReason: null,
  ...change,
});

/** A row of a contact that Mailchimp has never seen. */
export const contactRow = (id: number, change: Partial<NewRow> = {}): NewRow => ({
  listId: LIST,
  email: null,
  agreedEmail: null,
  memberHash: null,
  memberContactId: null,
  contactId: contactId(id),
  member: null,
  lookedAt: null,
  groups: {},
  memory: {},
  hookData: {},
  syncStatus: 'todo',
  failReason: null,
  ...change,
});

type New<Update extends { id: UpdateId }> = Omit<Update, 'id'>;

const UPDATE = {
  listId: LIST,
  runId: RUN as RunId | null,
  rowId: null as RowId | null,
  contactId: contactId(7),
  claims: false,
  origin: { status: word(true, NOW) },
  reason: 'later word: CiviCRM',
  unclear: true,
  createdAt: NOW,
  sentAt: null,
  endedAt: null,
  failReason: null,
  answer: null,
};

export const mailchimpUpdate = (change: Partial<New<MailchimpUpdate>> = {}): New<MailchimpUpdate> => ({
  ...UPDATE,
  side: 'mailchimp',
  kind: 'subscribe',
  state: 'queued',
  ask: { status: 'subscribed', interests: { [INTEREST]: false } },
  key: 'ann@example.org',
  email: emailAddress('ann@example.org'),
  isNew: true,
  batch: null,
  settledAs: null,
  ...change,
});

export const civicrmUpdate = (change: Partial<New<CivicrmUpdate>> = {}): New<CivicrmUpdate> => ({
  ...UPDATE,
  side: 'civicrm',
  kind: 'add',
  state: 'planned',
  ask: { kind: 'group', groupId: groupId(111), status: 'Added' },
  writeId: writeId('write-1'),
  ...change,
});

export const runOf = (id: RunId = RUN, list = LIST) =>
  ({ id, listId: list, mode: 'since', since: NOW - 9, withData: true, dryRun: false, startedAt: NOW }) as const;

export const heldPlan = (change: Partial<HeldPlan> = {}): HeldPlan => ({
  id: RUN,
  listId: LIST,
  state: 'held',
  summary: { dryRun: false, why: [{ kind: 'limit', of: 'subscribe', people: 30, limit: 25 }], updates: 2, kinds: { subscribe: 30 }, reasons: { 'only CiviCRM has said anything': 30 }, unclear: 1, first: updateId(4) },
  heldAt: NOW,
  settledAt: null,
  ...change,
});

/** Commits one unit that must go through. */
export const committed = async (store: Store, unit: Unit, list = LIST): Promise<Extract<UnitOutcome, { kind: 'done' }>> => {
  const [outcome] = await store.commit(list, [unit], { now: NOW });
  assert.ok(outcome?.kind === 'done', `the unit should have been applied, not ${outcome?.kind}`);
  return outcome;
};

/** Stores rows and reads them back. */
export const stored = async (store: Store, rows: readonly NewRow[]): Promise<readonly Row[]> => {
  const list = rows[0]?.listId ?? LIST;
  const { rows: ids } = await committed(store, { rows: rows.map((row) => ({ kind: 'insert', row })) }, list);
  const found = await store.rowsById(list, ids);
  assert.equal(found.length, rows.length);
  return found;
};

/** One stored row. */
export const storedRow = async (store: Store, row: NewRow): Promise<Row> => only(await stored(store, [row]));

/** Stores updates; answers their ids. */
export const storedUpdates = async (store: Store, updates: readonly (New<MailchimpUpdate> | New<CivicrmUpdate>)[]): Promise<readonly UpdateId[]> =>
  (await committed(store, { updates: updates.map((update) => ({ kind: 'insert', update })) })).updates;

/** The one element of a list that must have exactly one. */
export const only = <Element>(list: readonly Element[]): Element => {
  const [first] = list;
  assert.ok(first !== undefined && list.length === 1, `one was expected, not ${list.length}`);
  return first;
};

/** The row with that id as it is now. */
export const reread = async (store: Store, row: Row): Promise<Row> => only(await store.rowsById(row.listId, [row.id]));
