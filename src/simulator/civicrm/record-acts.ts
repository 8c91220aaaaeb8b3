import type { CustomValue, NewCustomField } from './custom-fields.ts';
import { createCustomField, setCustomValue } from './custom-fields.ts';
import { touch } from './contact-rows.ts';
import { COUNTRIES, MEMBERSHIP_STATUSES, STATES } from './fixed-tables.ts';
import { CONTRIBUTION_STATUSES } from './record-fields.ts';
import type { AddressRow } from './record-rows.ts';
import type { Site } from './site.ts';
import { encodeStored, shorten } from './stored-text.ts';

/** An address as a form takes it. */
export interface GivenAddress {
  readonly street?: string;
  readonly supplemental?: string;
  readonly city?: string;
  /** As it is abbreviated: GA. */
  readonly state?: string;
  readonly postalCode?: string;
  /** ISO code: US. */
  readonly country?: string;
}

export interface GivenMembership {
  /** YYYY-MM-DD; null: without an end. */
  readonly endDate: string | null;
  /** Default: today. */
  readonly joinDate?: string;
  /** Default Current. */
  readonly status?: string;
  readonly isTest?: boolean;
}

export interface GivenContribution {
  readonly amount: number;
  /** What the site's clocks showed, `YYYY-MM-DD HH:MM:SS`. Default: now. */
  readonly received?: string;
  /** Default Completed. */
  readonly status?: string;
  readonly isTest?: boolean;
}

const HOME = 1;

/**
 * What administrators do with what belongs to a contact, and with tags as such. Phones, addresses and custom fields move the contact's
 * `modified_date`; memberships and contributions do not (recorded). An unknown id throws a RangeError.
 */
export class CivicrmRecordActs {
  readonly #site: Site;

  constructor(site: Site) {
    this.#site = site;
  }

  /** The primary phone; null takes it away. */
  setPhone(contactId: number, phone: string | null): void {
    const { phone: table } = this.#site.tables;
    this.#contact(contactId);
    const primary = table.find('contact_id', contactId).find((row) => row.is_primary);
    if (phone === null) {
      if (primary) table.delete(primary.id);
    } else {
      const columns = { phone: shorten(encodeStored(phone), 32), phone_numeric: phone.replaceAll(/\D/g, '') };
      if (primary) table.update(primary.id, columns);
      else table.insert({ id: table.nextId(), contact_id: contactId, location_type_id: HOME, is_primary: true, is_billing: false, phone_ext: null, phone_type_id: 1, ...columns });
    }
    touch(this.#site, contactId);
  }

  /** The primary address, as a whole; null takes it away. */
  setAddress(contactId: number, address: GivenAddress | null): void {
    const { address: table } = this.#site.tables;
    this.#contact(contactId);
    const primary = table.find('contact_id', contactId).find((row) => row.is_primary);
    if (address === null) {
      if (primary) table.delete(primary.id);
    } else {
      const columns = addressColumns(address);
      if (primary) table.update(primary.id, columns);
      else table.insert({ id: table.nextId(), contact_id: contactId, location_type_id: HOME, is_primary: true, is_billing: false, ...columns });
    }
    touch(this.#site, contactId);
  }

  /** Answers its id. */
  addMembership(contactId: number, { endDate, joinDate, status = 'Current', isTest = false }: GivenMembership): number {
    const { membership } = this.#site.tables;
    const start = joinDate ?? this.#site.time.localNow().slice(0, 10);
    const status_id = idOf(MEMBERSHIP_STATUSES, 'name', status);
    return membership.insert({ id: membership.nextId(), contact_id: this.#contact(contactId), membership_type_id: 1, join_date: start, start_date: start, end_date: endDate, status_id, is_test: isTest }).id;
  }

  renewMembership(membershipId: number, endDate: string | null): void {
    this.#site.tables.membership.update(membershipId, { end_date: endDate });
  }

  deleteMembership(membershipId: number): void {
    this.#site.tables.membership.delete(membershipId);
  }

  /** Answers its id. */
  addContribution(contactId: number, { amount, received, status = 'Completed', isTest = false }: GivenContribution): number {
    const { contribution } = this.#site.tables;
    return contribution.insert({
      id: contribution.nextId(),
      contact_id: this.#contact(contactId),
      financial_type_id: 1,
      receive_date: received ?? this.#site.time.localNow(),
      total_amount: amount,
      currency: 'USD',
      is_test: isTest,
      contribution_status_id: idOf(CONTRIBUTION_STATUSES, 'name', status),
      is_template: false,
    }).id;
  }

  deleteContribution(contributionId: number): void {
    this.#site.tables.contribution.delete(contributionId);
  }

  /** Its contacts keep it under the new label. */
  relabelTag(tagId: number, label: string): void {
    this.#site.tables.tag.update(tagId, { label: shorten(encodeStored(label), 64) });
  }

  /** Its contacts lose it. */
  deleteTag(tagId: number): void {
    const { tag, entityTag } = this.#site.tables;
    for (const link of entityTag.find('tag_id', tagId)) entityTag.delete(link.id);
    tag.delete(tagId);
  }

  /** A custom field of contacts; its group comes with it. */
  createCustomField(field: NewCustomField): number {
    return createCustomField(this.#site, field);
  }

  /** @param path `Group.Field` */
  setCustomField(contactId: number, path: string, value: CustomValue): void {
    setCustomValue(this.#site, this.#contact(contactId), path, value);
  }

  #contact(id: number): number {
    if (this.#site.tables.contact.get(id) === undefined) throw new RangeError(`there is no contact with the id ${id}`);
    return id;
  }
}

const stored = (text: string | undefined, length: number): string | null => (text === undefined || text === '' ? null : shorten(encodeStored(text), length));

type AddressColumns = Omit<AddressRow, 'id' | 'contact_id' | 'location_type_id' | 'is_primary' | 'is_billing'>;

function addressColumns({ street, supplemental, city, state, postalCode, country }: GivenAddress): AddressColumns {
  return {
    street_address: stored(street, 96),
    supplemental_address_1: stored(supplemental, 96),
    supplemental_address_2: null,
    city: stored(city, 64),
    state_province_id: state === undefined ? null : idOf(STATES, 'abbreviation', state),
    postal_code: stored(postalCode, 64),
    country_id: country === undefined ? null : idOf(COUNTRIES, 'iso_code', country),
  };
}

function idOf<Row extends { readonly id: string | number }, Column extends keyof Row>(rows: readonly Row[], column: Column, value: Row[Column]): number {
  const row = rows.find((each) => each[column] === value);
  if (row === undefined) throw new RangeError(`there is no ${String(column)} ${String(value)}; there are ${rows.map((each) => String(each[column])).join(', ')}`);
  return Number(row.id);
}
