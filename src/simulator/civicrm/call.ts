import { contactWriter } from './contact-writer.ts';
import { emailWriter } from './email-writer.ts';
import type { EntityName } from './entity-names.ts';
import { isEntityName } from './entity-names.ts';
import { ApiError, NotSimulated, authorizationFailed } from './failures.ts';
import { getFields } from './field-listing.ts';
import type { Outcome } from './get.ts';
import { get } from './get.ts';
import { groupContactWriter } from './group-contact-writer.ts';
import { activityWriter, entityTagWriter, groupWriter, tagWriter } from './group-writer.ts';
import { mergedFrom, mergedTo } from './merge.ts';
import type { Permission } from './options.ts';
import { Parameters } from './parameters.ts';
import type { Values } from './parameters.ts';
import type { Reading } from './path.ts';
import { seesContact } from './visibility.ts';
import { create, remove, save, update } from './write-actions.ts';
import type { Writer } from './writer.ts';

const WRITERS: Readonly<Partial<Record<EntityName, Writer>>> = {
  Contact: contactWriter,
  Email: emailWriter,
  Group: groupWriter,
  GroupContact: groupContactWriter,
  Tag: tagWriter,
  EntityTag: entityTagWriter,
  Activity: activityWriter,
};

/** Actions that exist in CiviCRM and are not simulated, and whether the sync's role may call them (recorded refusals). */
const ADMINISTRATORS_ONLY = new Set(['Contact.getDuplicates', 'Contact.mergeDuplicates']);
const OTHER_ACTIONS = new Set(['getActions', 'replace', 'export', 'revert', 'autocomplete', 'checkAccess', 'getLinks', 'validateChecksum', 'getChecksum']);
const OTHER_ENTITIES = new Set(['Entity', 'CustomField', 'CustomGroup', 'SavedSearch', 'Note', 'System', 'Website', 'OptionValue', 'OptionGroup', 'Setting', 'User', 'GroupSubscription', 'Mailing', 'LocationType']);

type Needs = Readonly<Record<string, Permission | null>> & { readonly read: Permission | null; readonly write: Permission };

/** The permission that an action as a whole needs, by its name or its kind; without it the answer is "Authorization failed" (recorded). */
const NEEDS: Readonly<Record<EntityName, Needs>> = {
  Contact: { read: 'access CiviCRM', write: 'access CiviCRM', get: null, create: 'add contacts', delete: 'delete contacts' },
  Email: { read: 'access CiviCRM', write: 'access CiviCRM' },
  Group: { read: 'access CiviCRM', write: 'edit groups' },
  GroupContact: { read: 'access CiviCRM', write: 'access CiviCRM' },
  SubscriptionHistory: { read: 'access CiviCRM', write: 'administer CiviCRM' },
  Tag: { read: 'access CiviCRM', write: 'access CiviCRM' },
  EntityTag: { read: 'access CiviCRM', write: 'access CiviCRM' },
  Activity: { read: 'access CiviCRM', write: 'view all activities' },
  Phone: { read: 'access CiviCRM', write: 'access CiviCRM' },
  Address: { read: 'access CiviCRM', write: 'access CiviCRM' },
  Membership: { read: 'access CiviMember', write: 'access CiviMember' },
  Contribution: { read: 'access CiviContribute', write: 'access CiviContribute' },
  Country: { read: 'access CiviCRM', write: 'administer CiviCRM' },
  StateProvince: { read: 'access CiviCRM', write: 'administer CiviCRM' },
  MembershipStatus: { read: 'access CiviCRM', write: 'administer CiviCRM' },
};

function permissionFor(entity: EntityName, action: string): Permission | null {
  const needs = NEEDS[entity];
  const own = needs[action];
  return own === undefined ? needs[action.startsWith('get') ? 'read' : 'write'] : own;
}

/** Runs one call of APIv4. Throws what failures.ts names. */
export function runCall(reading: Reading, entity: string, action: string, given: Values): Outcome {
  if (!isEntityName(entity)) return runOther(reading, entity, action);
  checkAction(reading, entity, action);
  const permission = permissionFor(entity, action);
  if (permission !== null && !reading.caller.permissions.has(permission)) throw authorizationFailed(entity, action);
  const parameters = new Parameters(entity, action, given, reading.site.version);
  if (action === 'get') return get(reading, entity, parameters);
  if (action === 'getFields') return getFields(reading, entity, parameters);
  if (action === 'getMergedTo') return { values: [mergedToReply(reading, parameters.number('contactId'))] };
  if (action === 'getMergedFrom') return { values: mergedFromReply(reading, parameters.number('contactId')) };
  const writer = WRITERS[entity];
  const perform = { create, save, update, delete: remove }[action];
  if (writer === undefined || perform === undefined) throw new NotSimulated(`${entity}.${action}`);
  return perform({ ...reading, parameters }, writer);
}

function checkAction(reading: Reading, entity: EntityName, action: string): void {
  const merged = action === 'getMergedTo' || action === 'getMergedFrom';
  if (['get', 'getFields', 'create', 'save', 'update', 'delete'].includes(action) || (entity === 'Contact' && merged)) return;
  if (ADMINISTRATORS_ONLY.has(`${entity}.${action}`) && !reading.caller.permissions.has('administer CiviCRM')) throw authorizationFailed(entity, action);
  if (OTHER_ACTIONS.has(action) || ADMINISTRATORS_ONLY.has(`${entity}.${action}`)) throw new NotSimulated(`${entity}.${action}`);
  throw new ApiError(`Api ${entity} ${action} version 4 does not exist.`);
}

function runOther(reading: Reading, entity: string, action: string): Outcome {
  const isAdministrator = reading.caller.permissions.has('administer CiviCRM');
  if (entity === 'Domain') {
    if (!isAdministrator) throw authorizationFailed(entity, action);
    return { values: [{ id: 1, name: 'Default Domain Name', version: `${reading.site.version}.0` }] };
  }
  if (OTHER_ENTITIES.has(entity)) throw new NotSimulated(`the entity ${entity}`);
  throw new ApiError(`API (${entity}, ${action}) does not exist (or the extension it belongs to is not enabled).`);
}

/** Never merged, or not to be seen: one empty value, null on 6.18 and a list before (recorded). */
function mergedToReply(reading: Reading, contactId: number): unknown {
  const { site, caller } = reading;
  const main = mergedTo(site, contactId);
  const seen = main !== null && seesContact(site, caller, main) && (site.version === '6.18' || seesContact(site, caller, contactId));
  if (seen) return { id: main };
  return site.version === '6.18' ? null : [];
}

function mergedFromReply(reading: Reading, contactId: number): readonly unknown[] {
  const duplicates = mergedFrom(reading.site, contactId).filter(() => seesContact(reading.site, reading.caller, contactId));
  return duplicates.length === 0 ? [[]] : duplicates.map((id) => ({ id }));
}
