import type { NewRow } from '../store/entities.ts';

/** A row without any data. */
export const bareRow = (listId: NewRow['listId']): NewRow => ({
  listId,
  email: null,
  agreedEmail: null,
  memberHash: null,
  memberContactId: null,
  contactId: null,
  member: null,
  lookedAt: null,
  groups: {},
  memory: {},
  hookData: {},
  syncStatus: 'todo',
  failReason: null,
});
