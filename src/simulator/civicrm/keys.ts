import type { SimulatedRequest } from '../service.ts';
import type { Permission } from './options.ts';
import type { Caller } from './site.ts';
import { formField } from './form.ts';

/** A key with the contact that owns it and what its role may do. */
export interface Key {
  readonly key: string;
  readonly contactId: number;
  readonly permissions: readonly Permission[];
}

/** Permissions that the sync's role needs (facts/civicrm.md), and `edit groups` as the recorded one had. */
export const SYNC_PERMISSIONS: readonly Permission[] = [
  'authenticate with api key',
  'access CiviCRM',
  'view all contacts',
  'edit all contacts',
  'add contacts',
  'edit groups',
  'access deleted contacts',
  'view debug output',
];

export const NOBODY: Caller = { contactId: null, permissions: new Set() };

export type Refusal = { readonly refused: 'no credential' | 'unknown key' | 'not permitted' };

/**
 * Who sends a request. Without any credential it is the anonymous user, if the request says that a script sends it
 * (X-Requested-With), and refused otherwise (recorded).
 */
export function callerOf(request: SimulatedRequest, form: ReadonlyMap<string, string>, keys: readonly Key[]): Caller | Refusal {
  const credential = request.headers['x-civi-auth'] ?? request.headers['authorization'] ?? formField(request, form, '_authx');
  const legacy = formField(request, form, 'api_key');
  if (credential === null && legacy === null) return request.headers['x-requested-with'] === undefined ? { refused: 'no credential' } : NOBODY;
  const given = credential === null ? legacy : (/^Bearer (.+)$/.exec(credential)?.[1] ?? null);
  const key = keys.find((candidate) => candidate.key === given);
  if (key === undefined) return { refused: 'unknown key' };
  if (!key.permissions.includes('authenticate with api key')) return { refused: 'not permitted' };
  return { contactId: key.contactId, permissions: new Set(key.permissions) };
}
