import type { ListId } from '../../base/ids.ts';
import { contactMemoryOf, contactMemoryParameters, type ContactColumns } from '../columns/contact-columns.ts';
import type { ContactMemory } from '../entities.ts';
import type { Store } from '../store.ts';
import type { Connection } from './connection.ts';
import type { Database } from './database.ts';
import { overwriting } from './overwriting.ts';

const READ = 'SELECT * FROM {contact} WHERE mailchimp_list_id = ? AND civicrm_contact_id IN (…) ORDER BY civicrm_contact_id';
const WRITE = 'INSERT INTO {contact} (mailchimp_list_id, civicrm_contact_id, looked_at, opt_out, unexplained)';

/** What is remembered of contacts beyond their rows. */
export const contactMethods = (database: Database): Pick<Store, 'contactMemories'> => ({
  contactMemories: (listId, ids) =>
    database.read(async (connection) => ((await connection.allIn(READ, ids, listId)) as readonly ContactColumns[]).map(contactMemoryOf)),
});

/** Part of a commit; each contact once. */
export const writeContactMemories = async (connection: Connection, listId: ListId, memories: readonly ContactMemory[]): Promise<void> => {
  const sorted = [...memories].sort((one, other) => one.contactId - other.contactId);
  await connection.insertAll(WRITE, sorted.map((memory) => [listId, ...contactMemoryParameters(memory)]), overwriting(['looked_at', 'opt_out', 'unexplained']));
};
