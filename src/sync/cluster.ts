import type { ContactId, EmailAddress, InterestId } from '../base/ids.ts';
import type { Contact, ContactEmail } from '../civicrm/reader.ts';
import type { ContactMemory, Row, Update, Word } from '../store/entities.ts';
import type { GroupSaying } from './civicrm-word.ts';

/** A contact as a decision sees it: its addresses, best first, and what CiviCRM says of it. */
export interface ClusterContact {
  readonly id: ContactId;
  readonly contact: Contact;
  /** Bulk mail, then primary, then by id; those on hold included. */
  readonly emails: readonly ContactEmail[];
  readonly subscription: GroupSaying;
  readonly interests: ReadonlyMap<InterestId, GroupSaying>;
  /** What is to be remembered of it. */
  readonly memory: ContactMemory;
}

/**
 * The contacts and rows of an audience that hang together: a row is used by its contact and by every live contact that
 * has its address [users]. They are decided together.
 */
export interface Cluster {
  /** By id. */
  readonly rows: readonly Row[];
  /** By id. */
  readonly contacts: readonly ClusterContact[];
  /** Updates of these rows and addresses that wait, are under way, or still claim what they asked for. */
  readonly updates: readonly Update[];
  /** The last survivors of merged contacts whose words these rows carry. */
  readonly survivors: ReadonlyMap<ContactId, ContactId>;
}

/** All addresses of a contact, best first. */
export const addressesOf = (contact: ClusterContact): readonly EmailAddress[] => contact.emails.map((email) => email.email);

/** The address to subscribe: bulk mail, then primary, then any; never one on hold. */
export const bestAddressOf = (contact: ClusterContact): EmailAddress | undefined => contact.emails.find((email) => email.onHold === 0)?.email;

/** Whether a contact has an address and it is on hold. */
export const isOnHold = (contact: ClusterContact, address: EmailAddress): boolean =>
  contact.emails.some((email) => email.email === address && email.onHold !== 0);

/** Whether a contact uses a row [users]. */
export const uses = (contact: ClusterContact, row: Row): boolean =>
  row.contactId === contact.id || (row.email !== null && !contact.contact.isDeleted && addressesOf(contact).includes(row.email));

/** The contacts that use a row, by id. */
export const usersOf = (cluster: Cluster, row: Row): readonly ClusterContact[] => cluster.contacts.filter((contact) => uses(contact, row));

/**
 * A row's word for a contact. What another contact's word was relayed to it is not its word; there Mailchimp's own
 * stands [ownword]. Nor is a relayed opt-out that was taken back [optundo], nor what the search of a smart group
 * said once, when it finds otherwise now.
 */
export function wordFor(cluster: Cluster, row: Row, contact: ClusterContact | null): Word | undefined {
  const word = row.memory.status;
  if (!word || !contact) return word;
  const saidBy = word.by === undefined ? contact.id : (cluster.survivors.get(word.by) ?? word.by);
  if (saidBy !== contact.id) return row.memory.own;
  if (word.optOut && contact.memory.optOut === null) return row.memory.own;
  if (isFoundOtherwise(word, contact.subscription)) return row.memory.own;
  return word;
}

/** Whether a word is that a search found a contact, or did not, and now it is the other way round. */
export const isFoundOtherwise = (word: Word, saying: GroupSaying): boolean => word.searched === true && saying.searched && word.value !== saying.added;

/** Splits what was loaded together into clusters. */
export function splitIntoClusters(all: Cluster): readonly Cluster[] {
  const groups = new Groups();
  const firstAt = new Map<EmailAddress, string>();
  const join = (address: EmailAddress, node: string): void => {
    const first = firstAt.get(address);
    if (first) groups.join(first, node);
    else firstAt.set(address, node);
  };
  for (const contact of all.contacts) {
    groups.add(`contact ${contact.id}`);
    if (!contact.contact.isDeleted) for (const address of addressesOf(contact)) join(address, `contact ${contact.id}`);
  }
  for (const row of all.rows) {
    groups.add(`row ${row.id}`);
    if (row.contactId !== null) groups.join(`row ${row.id}`, `contact ${row.contactId}`);
    if (row.email !== null) join(row.email, `row ${row.id}`);
  }
  const clusters = new Map<string, { rows: Row[]; contacts: ClusterContact[]; updates: Update[] }>();
  const at = (node: string): { rows: Row[]; contacts: ClusterContact[]; updates: Update[] } => {
    const root = groups.root(node);
    const cluster = clusters.get(root) ?? { rows: [], contacts: [], updates: [] };
    clusters.set(root, cluster);
    return cluster;
  };
  for (const contact of all.contacts) at(`contact ${contact.id}`).contacts.push(contact);
  for (const row of all.rows) at(`row ${row.id}`).rows.push(row);
  for (const update of all.updates) {
    const node = update.rowId !== null && groups.has(`row ${update.rowId}`) ? `row ${update.rowId}` : update.side === 'mailchimp' ? firstAt.get(update.email) : undefined;
    if (node) at(node).updates.push(update);
  }
  return [...clusters.values()].map((cluster) => ({ ...cluster, survivors: all.survivors }));
}

/** Sets that are joined one by one (union–find). */
class Groups {
  readonly #parent = new Map<string, string>();

  add(node: string): void {
    if (!this.#parent.has(node)) this.#parent.set(node, node);
  }

  has(node: string): boolean {
    return this.#parent.has(node);
  }

  root(node: string): string {
    this.add(node);
    let root = node;
    for (let parent = this.#parent.get(root)!; parent !== root; parent = this.#parent.get(root)!) root = parent;
    for (let step = node; step !== root; ) {
      const next = this.#parent.get(step)!;
      this.#parent.set(step, root);
      step = next;
    }
    return root;
  }

  join(one: string, other: string): void {
    this.#parent.set(this.root(one), this.root(other));
  }
}
