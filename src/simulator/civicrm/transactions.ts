import type { GroupContactRow, SubscriptionHistoryRow } from './rows.ts';
import type { CivicrmTables } from './tables.ts';

interface OpenTransaction {
  readonly groupContact: GroupContactRow;
  readonly history: SubscriptionHistoryRow;
}

/**
 * Long transactions that each change one membership. The ids (auto-increment) and the date are taken when the row is
 * written, others see it at commit, so a lower history id can appear after a higher one (recorded).
 * Another write to the same contact waits for the lock: it comes after the commit.
 */
export class Transactions {
  readonly #tables: CivicrmTables;
  readonly #open = new Map<number, OpenTransaction>();

  constructor(tables: CivicrmTables) {
    this.#tables = tables;
  }

  /** The number of the transaction is the history id that it took. */
  begin(contactId: number, groupId: number, status: string, date: number): number {
    this.commitOf(contactId);
    const existing = this.#tables.groupContact.find('contact_id', contactId).find((row) => row.group_id === groupId);
    const groupContact: GroupContactRow = existing === undefined
      ? { id: this.#tables.groupContact.nextId(), group_id: groupId, contact_id: contactId, status, location_id: null, email_id: null }
      : { ...existing, status };
    const id = this.#tables.subscriptionHistory.nextId();
    this.#open.set(id, { groupContact, history: { id, contact_id: contactId, group_id: groupId, date, method: 'Admin', status, tracking: null } });
    return id;
  }

  /** Does nothing for a transaction that another write has waited for and so committed. */
  commit(id: number): void {
    const transaction = this.#open.get(id);
    if (transaction === undefined) return;
    this.#open.delete(id);
    const { groupContact, history } = transaction;
    if (this.#tables.groupContact.get(groupContact.id) === undefined) this.#tables.groupContact.insert(groupContact);
    else this.#tables.groupContact.update(groupContact.id, { status: groupContact.status });
    this.#tables.subscriptionHistory.insert(history);
  }

  rollback(id: number): void {
    this.#open.delete(id);
  }

  commitOf(contactId: number): void {
    for (const [id, { history }] of this.#open) if (history.contact_id === contactId) this.commit(id);
  }

  /** Of a group that is deleted. */
  commitOfGroup(groupId: number): void {
    for (const [id, { history }] of this.#open) if (history.group_id === groupId) this.commit(id);
  }

  save(): readonly OpenTransaction[] {
    return [...this.#open.values()];
  }

  load(saved: readonly OpenTransaction[]): void {
    this.#open.clear();
    for (const transaction of saved) this.#open.set(transaction.history.id, transaction);
  }
}
