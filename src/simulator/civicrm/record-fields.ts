import type { Field, FieldOption } from './field.ts';
import { boolean, identifier, integer, ofType, reference, text } from './field.ts';
import { COUNTRIES, MEMBERSHIP_STATUSES, STATES } from './fixed-tables.ts';
import { LOCATION_TYPES } from './location-types.ts';

const named = (id: number, name: string): FieldOption => ({ id, name, label: name });

const COUNTRY_OPTIONS: readonly FieldOption[] = COUNTRIES.map(({ id, name, iso_code: code }) => ({ id, name: code, label: name, abbr: code }));
const STATE_OPTIONS: readonly FieldOption[] = STATES.map(({ id, name, abbreviation }) => ({ id, name, label: name, abbr: abbreviation }));
const STATUS_OPTIONS: readonly FieldOption[] = MEMBERSHIP_STATUSES.map(({ id, name, label }) => ({ id, name, label }));
const PHONE_TYPES = [named(1, 'Phone'), named(2, 'Mobile'), named(3, 'Fax'), named(4, 'Pager'), named(5, 'Voicemail')];

/** Columns of phones and addresses as far as they are simulated. */
export const PHONE_FIELDS: readonly Field[] = [
  identifier,
  reference('contact_id', 'Contact'),
  integer('location_type_id', { options: LOCATION_TYPES }),
  boolean('is_primary'),
  boolean('is_billing'),
  text('phone', 32),
  text('phone_ext', 16),
  text('phone_numeric', 32, { readonly: true }),
  integer('phone_type_id', { options: PHONE_TYPES }),
];

export const ADDRESS_FIELDS: readonly Field[] = [
  identifier,
  reference('contact_id', 'Contact'),
  integer('location_type_id', { options: LOCATION_TYPES }),
  boolean('is_primary'),
  boolean('is_billing'),
  text('street_address', 96),
  text('supplemental_address_1', 96),
  text('supplemental_address_2', 96),
  text('city', 64),
  reference('state_province_id', 'StateProvince', { options: STATE_OPTIONS }),
  text('postal_code', 64),
  reference('country_id', 'Country', { options: COUNTRY_OPTIONS }),
];

export const MEMBERSHIP_FIELDS: readonly Field[] = [
  identifier,
  reference('contact_id', 'Contact', { required: true }),
  integer('membership_type_id', { required: true, options: [named(1, 'General')] }),
  ofType('join_date', 'date'),
  ofType('start_date', 'date'),
  ofType('end_date', 'date'),
  reference('status_id', 'MembershipStatus', { options: STATUS_OPTIONS }),
  boolean('is_test'),
];

export const CONTRIBUTION_STATUSES = [named(1, 'Completed'), named(2, 'Pending'), named(3, 'Cancelled'), named(4, 'Failed')];

export const CONTRIBUTION_FIELDS: readonly Field[] = [
  identifier,
  reference('contact_id', 'Contact', { required: true }),
  integer('financial_type_id', { required: true, options: [named(1, 'Donation'), named(2, 'Member Dues')] }),
  ofType('receive_date', 'datetime'),
  ofType('total_amount', 'number', { required: true }),
  text('currency', 3),
  boolean('is_test'),
  integer('contribution_status_id', { options: CONTRIBUTION_STATUSES }),
  boolean('is_template'),
];

export const COUNTRY_FIELDS: readonly Field[] = [identifier, text('name', 64), text('iso_code', 2)];
export const STATE_FIELDS: readonly Field[] = [identifier, text('name', 64), text('abbreviation', 4), reference('country_id', 'Country')];
export const MEMBERSHIP_STATUS_FIELDS: readonly Field[] = [identifier, text('name', 128), text('label', 128), boolean('is_current_member')];
