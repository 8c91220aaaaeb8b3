import type { ContactId, EmailAddress, GroupId, InterestId } from '../base/ids.ts';
import type { Contact, ContactEmail, HistoryRow } from '../civicrm/reader.ts';
import type { CivicrmUpdate, ContactMemory, Row } from '../store/entities.ts';
import { isAdded, marksOf, optOutOf, sayingOf, type ContactLookContext, type GroupLook, type GroupSaying } from './civicrm-word.ts';
import { splitIntoClusters, type Cluster, type ClusterContact } from './cluster.ts';
import { clockDifference } from './clock-difference.ts';
import { boundGroups } from './changed-contacts.ts';
import { groupBy, unique } from './collections.ts';
import { ownWritesIn, updateOf, type OwnWrites } from './own-history.ts';
import type { AudienceContext } from './stage.ts';
import { WordOrder } from './words.ts';

/** Loads the whole clusters of some rows: what hangs together with them in the store and in CiviCRM. */
export async function loadClusters(context: AudienceContext, start: readonly Row[], signal?: AbortSignal): Promise<readonly Cluster[]> {
  await context.civicrm.catchUp(signal); // after these rows were read: what was written to CiviCRM for them is seen
  const found = await gather(context, start, signal);
  const contacts = await lookAtContacts(context, found.contacts, found.emails, signal);
  const rows = [...found.rows.values()].toSorted((one, other) => one.id - other.id);
  const updates = await context.store.openUpdates(
    context.settings.listId,
    rows.map((row) => row.id),
    unique([...rows.flatMap((row) => row.email ?? []), ...contacts.flatMap((contact) => contact.emails.map((email) => email.email))]),
  );
  const present = new Set(contacts.map((contact) => contact.id));
  const speakers = unique(rows.flatMap((row) => row.memory.status?.by ?? [])).filter((id) => !present.has(id));
  const survivors = speakers.length > 0 ? await context.civicrm.mergedTo(speakers, signal) : new Map<ContactId, ContactId>();
  return splitIntoClusters({ rows, contacts, updates, survivors });
}

interface Gathered {
  readonly rows: Map<number, Row>;
  readonly contacts: Set<ContactId>;
  readonly emails: Map<ContactId, ContactEmail[]>;
}

/** Follows rows to the contacts that use them, contacts to their addresses, and addresses to rows and contacts, until nothing is new. */
async function gather(context: AudienceContext, start: readonly Row[], signal?: AbortSignal): Promise<Gathered> {
  const { listId } = context.settings;
  const found: Gathered = { rows: new Map(), contacts: new Set(), emails: new Map() };
  const addresses = new Set<EmailAddress>();
  let newRows: readonly Row[] = start;
  let newAddresses: EmailAddress[] = [];
  while (newRows.length > 0 || newAddresses.length > 0) {
    for (const row of newRows) found.rows.set(row.id, row);
    const asked = unique([...newAddresses, ...newRows.flatMap((row) => row.email ?? [])]).filter((address) => !addresses.has(address));
    for (const address of asked) addresses.add(address);
    const owners = asked.length > 0 ? await context.civicrm.emailsByAddress(asked, signal) : [];
    const newContacts = unique([...owners.map((email) => email.contactId), ...newRows.flatMap((row) => row.contactId ?? [])]).filter((id) => !found.contacts.has(id));
    for (const id of newContacts) found.contacts.add(id);
    const emails = newContacts.length > 0 ? await context.civicrm.emailsOfContacts(newContacts, signal) : [];
    for (const [id, own] of groupBy(emails, (email) => email.contactId)) found.emails.set(id, own);
    newAddresses = unique(emails.map((email) => email.email)).filter((address) => !addresses.has(address));
    const atAddresses = unique([...asked, ...newAddresses]);
    const rows = [
      ...(atAddresses.length > 0 ? await context.store.rowsByEmail(listId, atAddresses) : []),
      ...(newContacts.length > 0 ? await context.store.rowsByContact(listId, newContacts) : []),
    ];
    newRows = rows.filter((row) => !found.rows.has(row.id));
  }
  return found;
}

/** Looks at contacts in CiviCRM, with their history and group statuses, and dates what they say. */
export async function lookAtContacts(
  context: AudienceContext,
  ids: ReadonlySet<ContactId>,
  emails: ReadonlyMap<ContactId, readonly ContactEmail[]>,
  signal?: AbortSignal,
): Promise<readonly ClusterContact[]> {
  const all = [...ids].toSorted((one, other) => one - other);
  if (all.length === 0) return [];
  const contacts = await context.civicrm.contactsById(all, signal);
  const memories = new Map((await context.store.contactMemories(context.settings.listId, all)).map((memory) => [memory.contactId, memory]));
  let sayings = await readGroups(context, all, signal);
  // A change between the two reads looks like a status that nothing explains: read once more before believing it.
  const doubtful = all.filter((id) => sayings.looks(id).some((look) => !look.search && isAdded(look.history.at(-1)?.status ?? null) !== isAdded(look.status)));
  if (doubtful.length > 0) sayings = sayings.with(await readGroups(context, doubtful, signal), doubtful);
  const optedOut = contacts.filter((contact) => contact.isOptOut || contact.doNotEmail || contact.isDeceased).map((contact) => contact.id);
  const asked = unique([...doubtful, ...(context.settings.optOut === 'respect' ? optedOut : [])]);
  const merged = asked.length > 0 ? await context.civicrm.mergedFrom(asked, signal) : new Map<ContactId, readonly ContactId[]>();
  const order = new WordOrder(clockDifference(context));
  const now = context.civicrm.now();
  return contacts.map((contact) =>
    saying(context, contact, emails.get(contact.id) ?? [], sayings, {
      order,
      now,
      memory: memories.get(contact.id) ?? null,
      merged: merged.get(contact.id)?.length ?? 0,
      updateOf: sayings.updateOf,
    }),
  );
}

function saying(context: AudienceContext, contact: Contact, emails: readonly ContactEmail[], groups: GroupReading, look: ContactLookContext): ClusterContact {
  const { settings } = context;
  const of = (group: GroupId): GroupSaying => sayingOf(groups.look(contact.id, group), look);
  const subscription = of(settings.subscriptionGroup);
  const interests = new Map<InterestId, GroupSaying>([...settings.interests].map(([interest, group]) => [interest, of(group)]));
  const unexplained: Record<GroupId, ContactMemory['unexplained'][GroupId]> = {};
  for (const [group, said] of [[settings.subscriptionGroup, subscription] as const, ...[...settings.interests].map(([interest, id]) => [id, interests.get(interest)!] as const)])
    if (said.unexplained) unexplained[group] = said.unexplained;
  const optOut = settings.optOut === 'respect' ? optOutOf(contact, groups.domainHistory(contact.id), look) : null;
  const memory: ContactMemory = { contactId: contact.id, lookedAt: look.now, optOut: optOut && { ...optOut, marks: marksOf(contact) }, unexplained };
  return { id: contact.id, contact, emails, subscription, interests, memory };
}

/** Group statuses and histories of some contacts, read in one go. */
class GroupReading {
  readonly #looks: Map<ContactId, Map<GroupId, GroupLook>>;
  readonly #domain: Map<ContactId, readonly HistoryRow[]>;
  readonly #writes: OwnWrites;

  constructor(looks: Map<ContactId, Map<GroupId, GroupLook>>, domain: Map<ContactId, readonly HistoryRow[]>, writes: OwnWrites) {
    this.#looks = looks;
    this.#domain = domain;
    this.#writes = writes;
  }

  looks(id: ContactId): readonly GroupLook[] {
    return [...(this.#looks.get(id)?.values() ?? [])];
  }

  look(id: ContactId, group: GroupId): GroupLook {
    return this.#looks.get(id)?.get(group) ?? nothingSeen(id, group);
  }

  domainHistory(id: ContactId): readonly HistoryRow[] {
    return this.#domain.get(id) ?? [];
  }

  readonly updateOf = (row: HistoryRow): CivicrmUpdate | undefined => updateOf(row, this.#writes);

  with(later: GroupReading, ids: readonly ContactId[]): GroupReading {
    const looks = new Map(this.#looks);
    const domain = new Map(this.#domain);
    for (const id of ids) {
      looks.set(id, later.#looks.get(id) ?? new Map<GroupId, GroupLook>());
      domain.set(id, later.domainHistory(id));
    }
    return new GroupReading(looks, domain, new Map([...this.#writes, ...later.#writes]));
  }
}

const nothingSeen = (contactId: ContactId, groupId: GroupId): GroupLook => ({ contactId, groupId, status: null, search: null, history: [] });

async function readGroups(context: AudienceContext, ids: readonly ContactId[], signal?: AbortSignal): Promise<GroupReading> {
  const groups = boundGroups(context);
  const history = await context.civicrm.history(ids, groups, signal); // before the statuses: a change between the two shows as a status not yet explained
  const statuses = await context.civicrm.groupContacts(ids, groups, signal);
  const writes = await ownWritesIn(context.store, history);
  const looks = new Map<ContactId, Map<GroupId, GroupLook>>();
  const lookAt = (id: ContactId, group: GroupId): GroupLook => looks.get(id)?.get(group) ?? nothingSeen(id, group);
  const put = (look: GroupLook): void => {
    const ofContact = looks.get(look.contactId) ?? new Map<GroupId, GroupLook>();
    looks.set(look.contactId, ofContact.set(look.groupId, look));
  };
  const domain = new Map<ContactId, HistoryRow[]>();
  for (const [id, rows] of groupBy(history, (row) => row.contactId)) {
    domain.set(id, rows.filter((row) => row.groupId === null));
    for (const [group, own] of groupBy(rows, (row) => row.groupId)) if (group !== null) put({ ...lookAt(id, group), history: own });
  }
  for (const status of statuses) put({ ...lookAt(status.contactId, status.groupId), status: status.status });
  for (const group of await context.smartGroups(signal)) {
    const { members, since, at } = await context.civicrm.searchResult(group, ids, signal);
    for (const id of ids) put({ ...lookAt(id, group), search: { found: members.has(id), since, at } });
  }
  return new GroupReading(looks, domain, writes);
}
