import type { ContactId, EmailAddress, RowId, RunId } from '../../base/ids.ts';
import { memberContactId } from '../../base/ids.ts';
import type { ContactMemory, HeldPlan, InboxEntry, LimitedKind, Row, Run, Update } from '../../store/entities.ts';
import { LIMITED_KINDS } from '../../store/entities.ts';
import { knownUsers } from '../changed-contacts.ts';
import { distinctRows, unique } from '../collections.ts';
import { pagesOfRows } from '../pages.ts';
import { brakeStatus } from '../people-changed.ts';
import type { AudienceContext } from '../stage.ts';

/** Who is asked about: an address, a contact, or a member by Mailchimp's `contact_id` or `id`. */
export type PersonAsked = { readonly email: EmailAddress } | { readonly contactId: ContactId } | { readonly memberId: string };

/** Updates and webhooks told at most; the newest. */
const UPDATES = 100;
const WEBHOOKS = 50;
/** Unhandled webhooks looked through for those of a former address. */
const UNHANDLED = 1000;

/** Rows that a person is known by at an audience; a member's `id`, by which no row is found at once, is looked for. */
export async function rowsOf(context: AudienceContext, asked: PersonAsked, signal?: AbortSignal): Promise<readonly Row[]> {
  const { store, settings } = context;
  const { listId } = settings;
  if ('email' in asked) return distinctRows([...(await store.rowsByEmail(listId, [asked.email])), ...(await store.rowsByFormerEmail(listId, asked.email))]);
  if ('contactId' in asked) return store.rowsByContact(listId, [asked.contactId]);
  const rows = await store.rowsByMember(listId, [memberContactId(asked.memberId)]);
  if (rows.length > 0) return rows;
  for await (const page of pagesOfRows(context, { kind: 'all' }, signal)) {
    const found = page.filter(({ memberHash }) => memberHash === asked.memberId);
    if (found.length > 0) return found;
  }
  return [];
}

/** With the rows that hang together with some, as far as the store knows. */
export async function withOthers({ store, settings }: AudienceContext, rows: readonly Row[]): Promise<readonly Row[]> {
  const found = new Map(rows.map((row) => [row.id, row]));
  const asked = new Set<ContactId>();
  for (let fresh = rows; fresh.length > 0; ) {
    const contacts = unique(fresh.flatMap(knownUsers)).filter((id) => !asked.has(id));
    for (const id of contacts) asked.add(id);
    const more = contacts.length > 0 ? await store.rowsByContact(settings.listId, contacts) : [];
    fresh = more.filter((row) => !found.has(row.id));
    for (const row of fresh) found.set(row.id, row);
  }
  return [...found.values()].toSorted((one, other) => one.id - other.id);
}

/** What the store knows of a person, and of whoever hangs together with them. */
export interface Known {
  readonly rows: readonly Row[];
  readonly contacts: readonly ContactMemory[];
  /** Newest first. */
  readonly updates: readonly Update[];
  readonly runs: ReadonlyMap<RunId, Run>;
  /** Newest first. */
  readonly webhooks: readonly InboxEntry[];
  /** The plan that waits for approval. */
  readonly held: HeldPlan | null;
  /** Kinds of changes of which as many people were changed in 24 hours as the limits allow. */
  readonly limits: readonly LimitedKind[];
  readonly running: Run | null;
}

/** @param addresses the person's own */
export async function readKnown(context: AudienceContext, rows: readonly Row[], contacts: readonly ContactId[], addresses: readonly EmailAddress[]): Promise<Known> {
  const { store, settings } = context;
  const { listId } = settings;
  const ids = rows.map(({ id }): RowId => id);
  const ofRows = unique([...addresses, ...rows.flatMap(addressesOfRow)]);
  const updates = await store.updatesOfPeople(listId, ids, addresses, UPDATES);
  const webhooks = await store.inboxOf(listId, ofRows, WEBHOOKS);
  const moved = (await store.unhandled(listId, UNHANDLED)).filter(({ id, payload }) => ofRows.some((email) => email === payload['oldEmail']) && webhooks.every((each) => each.id !== id));
  const runs = new Map<RunId, Run>();
  for (const id of unique(updates.flatMap(({ runId }) => runId ?? []))) {
    const run = await store.run(id);
    if (run) runs.set(id, run);
  }
  const brake = await brakeStatus(context, 0);
  const [last] = await store.runs(listId, 1);
  return {
    rows,
    contacts: contacts.length > 0 ? await store.contactMemories(listId, contacts) : [],
    updates,
    runs,
    webhooks: [...moved, ...webhooks],
    held: brake.held,
    limits: LIMITED_KINDS.filter((kind) => brake.people[kind] >= brake.limit),
    running: last?.state === 'running' ? last : null,
  };
}

/** Addresses that a row's member has, and had. */
export const addressesOfRow = ({ email, memory }: Row): readonly EmailAddress[] => [...(email === null ? [] : [email]), ...(memory.former ?? []).map((had) => had.email)];
