import type { ContactEmail } from './reader.ts';

export const byId = (a: { readonly id: number }, b: { readonly id: number }): number => a.id - b.id;

/** E-mails by contact, within one the best first: bulk mail, then primary, then by id. */
export const bestFirst = (a: ContactEmail, b: ContactEmail): number =>
  a.contactId - b.contactId || Number(b.isBulkmail) - Number(a.isBulkmail) || Number(b.isPrimary) - Number(a.isPrimary) || byId(a, b);
