import type { ListId } from '../../base/ids.ts';
import { contactMemoryOf, contactMemoryParameters, type ContactColumns } from '../columns/contact-columns.ts';
import { writeJson } from '../columns/json.ts';
import type { ContactMemory } from '../entities.ts';
import type { Database } from './database.ts';
import type { StoreMethods } from './methods.ts';

const READ = `
  SELECT * FROM mailchimpsync_contact
  WHERE mailchimp_list_id = ? AND civicrm_contact_id IN (SELECT value FROM json_each(?)) ORDER BY civicrm_contact_id`;
const WRITE = `
  INSERT INTO mailchimpsync_contact (mailchimp_list_id, civicrm_contact_id, looked_at, opt_out, unexplained) VALUES (?1, ?2, ?3, ?4, ?5)
  ON CONFLICT (mailchimp_list_id, civicrm_contact_id) DO UPDATE SET looked_at = ?3, opt_out = ?4, unexplained = ?5`;

/** What is remembered of contacts beyond their rows. */
export const contactMethods = (database: Database): Pick<StoreMethods, 'contactMemories'> => ({
  contactMemories: (listId, ids) => (database.all(READ, listId, writeJson(ids)) as readonly ContactColumns[]).map(contactMemoryOf),
});

/** Part of a commit. */
export const writeContactMemory = (database: Database, listId: ListId, memory: ContactMemory): void => {
  database.run(WRITE, listId, ...contactMemoryParameters(memory));
};
