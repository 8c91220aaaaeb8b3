import type { CivicrmSimulator } from '../../src/simulator/civicrm/simulator.ts';

type Tables = CivicrmSimulator['tables'];
type ContactRow = NonNullable<ReturnType<Tables['contact']['get']>>;
type EmailRow = NonNullable<ReturnType<Tables['email']['get']>>;
type HistoryRow = NonNullable<ReturnType<Tables['subscriptionHistory']['get']>>;

/** CiviCRM's tables, as the acts and the judge look at them. */
export class CivicrmView {
  readonly #tables: Tables;

  constructor(civicrm: CivicrmSimulator) {
    this.#tables = civicrm.tables;
  }

  all(): readonly ContactRow[] {
    return [...this.#tables.contact.all()];
  }

  get(id: number): ContactRow | undefined {
    return this.#tables.contact.get(id);
  }

  isLive(id: number): boolean {
    return this.get(id)?.is_deleted === false;
  }

  /** Best first: bulk mail, primary, any. */
  emailsOf(id: number): readonly EmailRow[] {
    return this.#tables.email.find('contact_id', id).toSorted((one, other) => Number(other.is_bulkmail) - Number(one.is_bulkmail) || Number(other.is_primary) - Number(one.is_primary) || one.id - other.id);
  }

  addressesOf(id: number): readonly string[] {
    return this.emailsOf(id).map(({ email }) => email ?? '');
  }

  /** Every address of every contact, in the trash or not. */
  *ownings(): Iterable<{ readonly contact: number; readonly address: string }> {
    for (const { contact_id: contact, email } of this.#tables.email.all()) if (contact !== null && email !== null) yield { contact, address: email };
  }

  /** The live contacts that have an address. */
  ownersOf(address: string): readonly number[] {
    return [...this.ownings()].filter((owning) => owning.address === address && this.isLive(owning.contact)).map(({ contact }) => contact);
  }

  /** Opted out, do-not-e-mail or deceased. */
  isMarked(id: number): boolean {
    const row = this.get(id);
    return row !== undefined && (row.is_opt_out || row.do_not_email || row.is_deceased);
  }

  isAdded(id: number, group: number): boolean {
    return this.#tables.groupContact.find('contact_id', id).some((row) => row.group_id === group && row.status === 'Added');
  }

  hasStatus(id: number, group: number): boolean {
    return this.#tables.groupContact.find('contact_id', id).some((row) => row.group_id === group);
  }

  historyOf(id: number, group: number): readonly HistoryRow[] {
    return this.#tables.subscriptionHistory.find('contact_id', id).filter((row) => row.group_id === group);
  }

  history(): readonly HistoryRow[] {
    return [...this.#tables.subscriptionHistory.all()];
  }

  /** Who a contact has become by merges; itself when by none. */
  survivorOf(id: number): number {
    return this.#tables.merge.find('duplicate_id', id).at(-1)?.main_id ?? id;
  }

  wasMerged(id: number): boolean {
    return this.survivorOf(id) !== id;
  }
}
