import type { Instant } from '../../base/clock.ts';
import type { ContactId } from '../../base/ids.ts';
import type { ContactMemory } from '../entities.ts';
import { readJson, writeJson } from './json.ts';
import type { Parameter } from './parameter.ts';

/** A line of the contact table. */
export interface ContactColumns {
  readonly civicrm_contact_id: ContactId;
  readonly looked_at: Instant;
  readonly opt_out: string | null;
  readonly unexplained: string;
}

export const contactMemoryOf = (columns: ContactColumns): ContactMemory => ({
  contactId: columns.civicrm_contact_id,
  lookedAt: columns.looked_at,
  optOut: columns.opt_out === null ? null : (readJson(columns.opt_out) as ContactMemory['optOut']),
  unexplained: readJson(columns.unexplained) as ContactMemory['unexplained'],
});

/** Values for `civicrm_contact_id, looked_at, opt_out, unexplained`. */
export const contactMemoryParameters = ({ contactId, lookedAt, optOut, unexplained }: ContactMemory): Parameter[] => [
  contactId,
  lookedAt,
  optOut && writeJson(optOut),
  writeJson(unexplained),
];
