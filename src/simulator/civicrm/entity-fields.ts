import { CONTACT_FIELDS } from './contact-fields.ts';
import type { EntityName } from './entity-names.ts';
import type { Field, FieldOption } from './field.ts';
import { boolean, identifier, integer, ofType, reference, text, timestamp } from './field.ts';
import { LOCATION_TYPES } from './location-types.ts';
import { ADDRESS_FIELDS, CONTRIBUTION_FIELDS, COUNTRY_FIELDS, MEMBERSHIP_FIELDS, MEMBERSHIP_STATUS_FIELDS, PHONE_FIELDS, STATE_FIELDS } from './record-fields.ts';

const STATUSES: readonly FieldOption[] = ['Added', 'Removed', 'Pending'].map((id) => ({ id, name: id, label: id }));

/** The names of the hold states are their numbers (recorded). */
const HOLDS: readonly FieldOption[] = [
  { id: 0, name: 0, label: 'No' },
  { id: 1, name: 1, label: 'On Hold Bounce' },
  { id: 2, name: 2, label: 'On Hold Opt Out' },
];
const GROUP_TYPES: readonly FieldOption[] = [
  { id: '1', name: 'Access Control', label: 'Access Control' },
  { id: '2', name: 'Mailing List', label: 'Mailing List' },
];

const FIELDS: Readonly<Record<EntityName, readonly Field[]>> = {
  Contact: CONTACT_FIELDS,
  Email: [
    identifier,
    reference('contact_id', 'Contact'),
    integer('location_type_id', { options: LOCATION_TYPES }),
    text('email', 254),
    boolean('is_primary'),
    boolean('is_billing'),
    integer('on_hold', { options: HOLDS }),
    boolean('is_bulkmail'),
    ofType('hold_date', 'datetime', { readonly: true }),
    ofType('reset_date', 'datetime', { readonly: true }),
    text('signature_text'),
    text('signature_html'),
  ],
  Group: [
    identifier,
    text('name', 64),
    text('title', 255, { required: true }),
    text('description'),
    text('source', 64),
    integer('saved_search_id'),
    boolean('is_active'),
    text('visibility', 24),
    text('where_clause', undefined, { readonly: true }),
    text('select_tables', undefined, { readonly: true }),
    text('where_tables', undefined, { readonly: true }),
    ofType('group_type', 'packed list', { length: 128, options: GROUP_TYPES }),
    timestamp('cache_date'),
    ofType('cache_fill_took', 'number', { readonly: true }),
    timestamp('refresh_date'),
    ofType('parents', 'comma list'),
    ofType('children', 'comma list', { readonly: true }),
    boolean('is_hidden'),
    boolean('is_reserved'),
    reference('created_id', 'Contact', { readonly: true }),
    reference('modified_id', 'Contact', { readonly: true }),
    text('frontend_title', 255),
    text('frontend_description'),
  ],
  GroupContact: [
    identifier,
    reference('group_id', 'Group', { required: true }),
    reference('contact_id', 'Contact', { required: true }),
    text('status', undefined, { options: STATUSES }),
    integer('location_id'),
    reference('email_id', 'Email'),
  ],
  SubscriptionHistory: [
    identifier,
    reference('contact_id', 'Contact', { required: true }),
    reference('group_id', 'Group'),
    timestamp('date'),
    text('method', 8),
    text('status', 8),
    text('tracking', 255),
  ],
  Tag: [
    identifier,
    text('name', 64),
    text('label', 64, { required: true }),
    text('description', 255),
    reference('parent_id', 'Tag'),
    boolean('is_selectable'),
    boolean('is_reserved'),
    boolean('is_tagset'),
    ofType('used_for', 'comma list', { length: 512 }),
    reference('created_id', 'Contact', { readonly: true }),
    text('color', 255),
    ofType('created_date', 'datetime', { readonly: true }),
  ],
  EntityTag: [identifier, text('entity_table', 64), integer('entity_id', { required: true }), reference('tag_id', 'Tag', { required: true })],
  Activity: [
    identifier,
    integer('activity_type_id', { required: true }),
    text('subject', 255),
    text('details'),
    ofType('activity_date_time', 'datetime'),
    integer('status_id'),
    reference('source_contact_id', 'Contact', { required: true }),
    reference('target_contact_id', 'Contact'),
  ],
  Phone: PHONE_FIELDS,
  Address: ADDRESS_FIELDS,
  Membership: MEMBERSHIP_FIELDS,
  Contribution: CONTRIBUTION_FIELDS,
  Country: COUNTRY_FIELDS,
  StateProvince: STATE_FIELDS,
  MembershipStatus: MEMBERSHIP_STATUS_FIELDS,
};

const BY_NAME = new Map(Object.entries(FIELDS).map(([entity, fields]) => [entity, new Map(fields.map((field) => [field.name, field]))]));

export const fieldsOf = (entity: EntityName): readonly Field[] => FIELDS[entity];

export const fieldNamed = (entity: EntityName, name: string): Field | undefined => BY_NAME.get(entity)?.get(name);
