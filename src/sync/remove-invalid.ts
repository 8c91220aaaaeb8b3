import type { Instant } from '../base/clock.ts';
import type { ContactId, EmailAddress } from '../base/ids.ts';
import type { Contact } from '../civicrm/reader.ts';
import type { AudienceState, NewRow, Row, Update, Word } from '../store/entities.ts';
import type { RowChange, Unit } from '../store/store.ts';
import { knownUsers, modifiedContacts, ownersOf } from './changed-contacts.ts';
import { addressesOf, wordFor, type ClusterContact } from './cluster.ts';
import { clockDifference } from './clock-difference.ts';
import { groupBy, unique } from './collections.ts';
import { claimsOn } from './claims.ts';
import { rewriteRows, supersede, writeAudience } from './commit.ts';
import { lookAtMember } from './fetch.ts';
import { bareRow } from './bare-row.ts';
import { deletionWord, leave } from './leave.ts';
import { lookAtContacts } from './load-clusters.ts';
import { memberIsPresent } from './member-status.ts';
import { pagesOfRows } from './pages.ts';
import type { AudienceContext, Counts, StageContext } from './stage.ts';
import { EVER, WordOrder } from './words.ts';

/**
 * Stage 2 (`removeInvalidContactIds`): rows whose contact is deleted, trashed or merged, and rows whose address went
 * over to another contact. An incremental run looks at the contacts whose `modified_date` moved, a full one at all.
 */
export async function removeInvalid(context: StageContext): Promise<Counts> {
  const { listId } = context.settings;
  const audience = await context.store.audience(listId);
  const startedAt = context.civicrm.now();
  await context.civicrm.catchUp(context.signal);
  const modified = context.run.mode === 'full' ? null : await modifiedContacts(context, audience, context.signal);
  const counts = { moved: 0, left: 0, deleted: 0 };
  let done = 0;
  const pages = modified?.size === 0 ? [] : pagesOfRows(context, { kind: 'all' }, context.signal); // most runs: nobody was edited
  for await (const page of pages) {
    const rows = modified === null ? page : page.filter((row) => knownUsers(row).some((id) => modified.has(id)));
    await removeFrom(context, audience, rows, counts);
    context.progress({ done: (done += page.length), total: null });
  }
  await writeAudience(context, { trashLookedAt: startedAt });
  return counts;
}

/** The same for some rows, outside a run. */
export async function removeFrom(context: AudienceContext, audience: AudienceState, rows: readonly Row[], counts: { moved: number; left: number; deleted: number }, signal?: AbortSignal): Promise<void> {
  if (rows.length === 0) return;
  const first = await Sight.of(context, audience, rows, signal);
  const concerned = rows.filter((row) => first.rewritten(row));
  if (concerned.length === 0) return;
  // Before an address passes to another contact, its member is read [passread].
  for (const row of concerned) if (memberIsPresent(row.member) && first.loses(row)) await lookAtMember(context, audience, row, {}, signal);
  const fresh = await context.store.rowsById(context.settings.listId, concerned.map((row) => row.id));
  await rewriteRows(context, fresh, async (again) => {
    const sight = await Sight.of(context, audience, again, signal);
    return again.map((row) => {
      const unit = sight.rewritten(row);
      if (unit) counts[unit.count] += 1;
      return unit?.unit ?? null;
    });
  });
}

/** The same, thought through only: the rows that would be written, made or deleted. */
export async function lossesOf(context: AudienceContext, audience: AudienceState, rows: readonly Row[], signal?: AbortSignal): Promise<readonly RowChange[]> {
  if (rows.length === 0) return [];
  const sight = await Sight.of(context, audience, rows, signal);
  return rows.flatMap((row) => sight.rewritten(row)?.unit.rows ?? []);
}

/** What CiviCRM shows of the contacts that some rows know. */
class Sight {
  readonly #context: AudienceContext;
  readonly #order: WordOrder;
  readonly #audience: AudienceState;
  readonly #now: Instant;
  readonly #contacts: ReadonlyMap<ContactId, Contact>;
  readonly #survivors: ReadonlyMap<ContactId, ContactId>;
  readonly #owners: ReadonlyMap<string, readonly ContactId[]>;
  readonly #looks: ReadonlyMap<ContactId, ClusterContact>;
  readonly #rowsAt: ReadonlyMap<string | null, readonly Row[]>;
  readonly #updates: readonly Update[];

  private constructor(context: AudienceContext, audience: AudienceState, read: { contacts: readonly Contact[]; survivors: ReadonlyMap<ContactId, ContactId>; owners: ReadonlyMap<string, readonly ContactId[]>; looks: readonly ClusterContact[]; rowsAt: readonly Row[]; updates: readonly Update[] }) {
    this.#context = context;
    this.#order = new WordOrder(clockDifference(context));
    this.#audience = audience;
    this.#now = context.civicrm.now();
    this.#contacts = new Map(read.contacts.map((contact) => [contact.id, contact]));
    this.#survivors = read.survivors;
    this.#owners = read.owners;
    this.#looks = new Map(read.looks.map((contact) => [contact.id, contact]));
    this.#rowsAt = groupBy(read.rowsAt, (row) => row.email);
    this.#updates = read.updates;
  }

  static async of(context: AudienceContext, audience: AudienceState, rows: readonly Row[], signal?: AbortSignal): Promise<Sight> {
    const known = unique(rows.flatMap(knownUsers));
    await context.civicrm.catchUp(signal); // else a contact that was just made looks deleted
    const contacts = known.length > 0 ? await context.civicrm.contactsById(known, signal) : [];
    const live = new Set(contacts.filter((contact) => !contact.isDeleted).map((contact) => contact.id));
    const notLive = known.filter((id) => !live.has(id));
    const survivors = notLive.length > 0 ? await context.civicrm.mergedTo(notLive, signal) : new Map<ContactId, ContactId>();
    const owners = await ownersOf(context, rows.flatMap((row) => row.email ?? []), signal);
    const first = new Sight(context, audience, { contacts, survivors, owners, looks: [], rowsAt: [], updates: [] });
    const leaving = unique(rows.flatMap((row) => first.#leavers(row)));
    if (leaving.length === 0) return first;
    const emails = groupBy(await context.civicrm.emailsOfContacts(leaving, signal), (email) => email.contactId);
    const looks = await lookAtContacts(context, new Set(leaving), emails, signal);
    const addresses = unique(looks.flatMap(addressesOf));
    const rowsAt = addresses.length > 0 ? await context.store.rowsByEmail(context.settings.listId, addresses) : [];
    const losing = rows.filter((row) => first.loses(row));
    const updates = await context.store.openUpdates(context.settings.listId, losing.map((row) => row.id), losing.flatMap((row) => row.email ?? []));
    return new Sight(context, audience, { contacts, survivors, owners, looks, rowsAt, updates });
  }

  /** Whether any contact loses this row. */
  loses(row: Row): boolean {
    return this.#leavers(row).length > 0;
  }

  #isLive(id: ContactId): boolean {
    return this.#contacts.get(id)?.isDeleted === false;
  }

  /** The live survivor of a merged contact. */
  #survivorOf(id: ContactId): ContactId {
    return this.#survivors.get(id) ?? id;
  }

  #leavers(row: Row): readonly ContactId[] {
    const owners = row.email === null ? [] : (this.#owners.get(row.email) ?? []);
    const contactId = row.contactId === null ? null : this.#survivorOf(row.contactId);
    const leavers: ContactId[] = [];
    if (contactId !== null && !this.#isLive(contactId) && !this.#survivors.has(row.contactId!)) leavers.push(contactId);
    for (const id of unique((row.memory.users ?? []).map((user) => this.#survivorOf(user)))) if (row.email !== null && !owners.includes(id) && id !== contactId) leavers.push(id);
    const passes = contactId !== null && !leavers.includes(contactId) && row.email === row.agreedEmail && owners.length > 0 && !owners.includes(contactId);
    if (passes) leavers.push(contactId);
    return leavers;
  }

  rewritten(row: Row): { unit: Unit; count: 'moved' | 'left' | 'deleted' } | undefined {
    const contactId = row.contactId === null ? null : this.#survivorOf(row.contactId);
    const leavers = this.#leavers(row);
    const users = row.memory.users?.map((user) => this.#survivorOf(user));
    let next: Row = contactId === row.contactId ? row : { ...row, contactId, syncStatus: 'todo' };
    if (leavers.length === 0) return next === row ? undefined : { unit: { rows: [{ kind: 'write', row: next }] }, count: 'moved' };
    const made: RowChange[] = [];
    const deletions = new Map<EmailAddress, Word>();
    for (const id of leavers) {
      const contact = this.#looks.get(id) ?? null;
      const isDeleted = !this.#isLive(id);
      const isWord = isDeleted && this.#context.settings.onContactDeleted === 'unsubscribe';
      const deletion = isWord ? deletionWord(id, this.#audience.trashLookedAt ?? EVER, this.#now) : null;
      const word = contact ? wordFor({ rows: [next], contacts: [contact], updates: [], survivors: this.#survivors }, next, contact) : next.memory.status;
      const left = leave(next, { contact, id, word, isDeleted, deletion }, this.#order);
      next = left.row;
      if (left.along) made.push({ kind: 'insert', row: left.along });
      if (deletion && contact) for (const address of addressesOf(contact)) deletions.set(address, this.#order.later(deletions.get(address), deletion) ?? deletion);
    }
    made.push(...this.#keepWithAddresses(row, deletions));
    const keeps = users?.filter((user) => !leavers.includes(user));
    next = { ...next, memory: { ...next.memory, ...(keeps && { users: keeps }) } };
    if (!this.#isEmpty(next) || claimsOn(row, row.email, this.#updates).length > 0) return { unit: { rows: [{ kind: 'write', row: next }, ...made] }, count: 'left' };
    return { unit: { rows: [{ kind: 'delete', id: row.id, version: row.version }, ...made], updates: supersede(this.#updates, row) }, count: 'deleted' };
  }

  /** A row with neither side's data; a removal kept with an address is data, and so is an address that a live contact has. */
  #isEmpty(row: Row): boolean {
    if (row.member !== null || row.contactId !== null) return false;
    return row.email === null || (!row.memory.kept && (this.#owners.get(row.email) ?? []).length === 0);
  }

  /** A deletion counts with every address that the contact had: its rows, and a row made for one that has none [trashno]. */
  #keepWithAddresses(row: Row, deletions: ReadonlyMap<EmailAddress, Word>): readonly RowChange[] {
    return [...deletions].flatMap(([address, deletion]): RowChange[] => {
      if (address === row.email) return [];
      const other = this.#rowsAt.get(address)?.[0];
      if (!other) return [{ kind: 'insert', row: keepingRow(row, address, deletion) }];
      return [{ kind: 'write', row: { ...other, memory: { ...other.memory, kept: this.#order.removalToOutdo(other.memory.kept, deletion) ?? deletion } } }];
    });
  }
}

const keepingRow = (row: Row, email: NonNullable<Row['email']>, kept: NonNullable<Row['memory']['kept']>): NewRow => ({ ...bareRow(row.listId), email, agreedEmail: email, memory: { kept } });
