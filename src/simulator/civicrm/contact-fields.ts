import type { ContactType, Field, FieldOption } from './field.ts';
import { boolean, identifier, integer, ofType, reference, text, timestamp } from './field.ts';

const INDIVIDUAL: readonly ContactType[] = ['Individual'];
const ORGANIZATION: readonly ContactType[] = ['Organization'];
const HOUSEHOLD: readonly ContactType[] = ['Household'];

const named = (id: string): FieldOption => ({ id, name: id, label: id });

const PREFIXES: readonly FieldOption[] = [
  { id: 1, name: 'Mrs.', label: 'Mrs.' },
  { id: 2, name: 'Ms.', label: 'Ms.' },
  { id: 3, name: 'Mr.', label: 'Mr.' },
  { id: 4, name: 'Dr.', label: 'Dr.' },
];
const GENDERS: readonly FieldOption[] = [
  { id: 1, name: 'Female', label: 'Female' },
  { id: 2, name: 'Male', label: 'Male' },
  { id: 3, name: 'Other', label: 'Other' },
];

/** Columns of civicrm_contact in their order, with lengths as on a real site. */
export const CONTACT_FIELDS: readonly Field[] = [
  identifier,
  text('contact_type', 64, { options: [named('Individual'), named('Organization'), named('Household')] }),
  text('external_identifier', 64),
  text('display_name', 128, { readonly: true }),
  text('organization_name', 128, { types: ORGANIZATION }),
  ofType('contact_sub_type', 'packed list', { length: 255 }),
  text('first_name', 64, { types: INDIVIDUAL }),
  text('middle_name', 64, { types: INDIVIDUAL }),
  text('last_name', 64, { types: INDIVIDUAL }),
  boolean('do_not_email'),
  boolean('do_not_phone'),
  boolean('do_not_mail'),
  boolean('do_not_sms'),
  boolean('do_not_trade'),
  boolean('is_opt_out'),
  text('legal_identifier', 32),
  text('sort_name', 128, { readonly: true }),
  text('nick_name', 128),
  text('legal_name', 128, { types: ORGANIZATION }),
  text('image_URL'),
  ofType('preferred_communication_method', 'packed list', { length: 255 }),
  text('preferred_language', 5),
  text('hash', 32, { readonly: true }),
  text('api_key', 32, { secret: true }),
  text('source', 255),
  integer('prefix_id', { types: INDIVIDUAL, options: PREFIXES }),
  integer('suffix_id', { types: INDIVIDUAL }),
  text('formal_title', 64, { types: INDIVIDUAL }),
  integer('communication_style_id'),
  integer('email_greeting_id'),
  text('email_greeting_custom', 128),
  text('email_greeting_display', 255, { readonly: true }),
  integer('postal_greeting_id'),
  text('postal_greeting_custom', 128),
  text('postal_greeting_display', 255, { readonly: true }),
  integer('addressee_id'),
  text('addressee_custom', 128),
  text('addressee_display', 255, { readonly: true }),
  text('job_title', 255, { types: INDIVIDUAL }),
  integer('gender_id', { types: INDIVIDUAL, options: GENDERS }),
  ofType('birth_date', 'date', { types: INDIVIDUAL }),
  boolean('is_deceased'),
  ofType('deceased_date', 'date'),
  text('household_name', 128, { types: HOUSEHOLD }),
  reference('primary_contact_id', 'Contact', { types: HOUSEHOLD }),
  text('sic_code', 8, { types: ORGANIZATION }),
  text('user_unique_id', 255),
  reference('employer_id', 'Contact', { types: INDIVIDUAL }),
  boolean('is_deleted'),
  timestamp('created_date'),
  timestamp('modified_date'),
  text('preferred_mail_format', 8),
];
