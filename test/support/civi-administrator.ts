import assert from 'node:assert/strict';
import type { EmailRow } from '../../src/simulator/civicrm/rows.ts';
import { GROUP, type SyncWorld } from './sync-world.ts';

export interface EmailFlags {
  readonly primary?: boolean;
  readonly bulkmail?: boolean;
}

/** What an administrator does in CiviCRM. An act that has nothing to do is a slip of the test. */
export class CiviAdministrator {
  readonly #world: SyncWorld;

  constructor(world: SyncWorld) {
    this.#world = world;
  }

  get acts() {
    return this.#world.civicrm.acts;
  }

  /** A new contact; its addresses in order, the first one primary. */
  creates(firstName: string, ...addresses: readonly string[]): number {
    const [primary, ...others] = addresses;
    const contact = this.acts.createContact({ firstName, lastName: 'Flintstone', ...(primary === undefined ? {} : { email: primary }) });
    for (const address of others) this.acts.addEmail(contact, address);
    return contact;
  }

  adds(contact: number, group: number = GROUP): void {
    assert.ok(this.acts.addToGroup(contact, group), 'Added already');
  }

  removes(contact: number, group: number = GROUP): void {
    assert.ok(this.acts.removeFromGroup(contact, group), 'not in the group');
  }

  /** A careless extension writes the status past the API, without history. */
  writesBySql(contact: number, status: string, group: number = GROUP): void {
    this.acts.writeGroupStatusBySql(contact, group, status);
  }

  trashes(contact: number): void {
    assert.ok(this.acts.trash(contact), 'trashed already');
  }

  restores(contact: number): void {
    assert.ok(this.acts.restore(contact), 'not in the trash');
  }

  deletesForGood(contact: number): void {
    this.acts.deletePermanently(contact);
  }

  /** The duplicate goes into the trash. */
  merges(main: number, duplicate: number): void {
    this.acts.merge(main, duplicate);
  }

  gives(contact: number, address: string, flags: EmailFlags = {}): void {
    this.acts.addEmail(contact, address, flags);
  }

  edits(contact: number, from: string, to: string): void {
    this.acts.editEmail(this.#email(contact, from).id, to);
  }

  takesAway(contact: number, address: string): void {
    this.acts.deleteEmail(this.#email(contact, address).id);
  }

  makesBulkmail(contact: number, address: string): void {
    this.acts.setBulkmail(this.#email(contact, address).id, true);
  }

  makesPrimary(contact: number, address: string): void {
    this.acts.setPrimary(this.#email(contact, address).id);
  }

  putsOnHold(contact: number, address: string): void {
    this.acts.hold(this.#email(contact, address).id, 'bounce');
  }

  takesOffHold(contact: number, address: string): void {
    this.acts.unhold(this.#email(contact, address).id);
  }

  /** By the tick in the form, or by the link in a mail, which leaves a history row. */
  optsOut(contact: number, by: 'tick' | 'link' = 'tick'): void {
    assert.ok(this.acts.optOut(contact, { history: by === 'link' }), 'opted out already');
  }

  takesBackOptOut(contact: number): void {
    assert.ok(this.acts.takeBackOptOut(contact), 'not opted out');
  }

  renames(contact: number, firstName: string): void {
    this.acts.rename(contact, { firstName });
  }

  addressesOf(contact: number): readonly string[] {
    return this.#world.civicrm.tables.email.find('contact_id', contact).map((row) => row.email ?? '');
  }

  /** Live contacts that have an address. */
  ownersOf(address: string): readonly number[] {
    const { email, contact } = this.#world.civicrm.tables;
    const ids = [...email.all()].filter((row) => row.email === address && contact.get(row.contact_id ?? 0)?.is_deleted === false).map((row) => row.contact_id ?? 0);
    return [...new Set(ids)];
  }

  firstNameOf(contact: number): string | null | undefined {
    return this.#world.civicrm.tables.contact.get(contact)?.first_name;
  }

  isOnHold(contact: number, address: string): boolean {
    return this.#email(contact, address).on_hold !== 0;
  }

  #email(contact: number, address: string): EmailRow {
    const row = this.#world.civicrm.tables.email.find('contact_id', contact).find((each) => each.email === address);
    return row ?? assert.fail('the contact does not have this address');
  }
}
