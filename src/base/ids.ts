/**
 * Branded ids: two ids of different things cannot be mixed up, although both are strings or numbers at run time.
 * The `as` casts live here and at the edges that validate outside data; nowhere else.
 */
declare const brand: unique symbol;
type Branded<Value, Name extends string> = Value & { readonly [brand]: Name };

/** Id of a Mailchimp audience (a "list" in its API), ten hex digits. */
export type ListId = Branded<string, 'ListId'>;
/** Id of an interest of an audience, ten hex digits. */
export type InterestId = Branded<string, 'InterestId'>;
/** Mailchimp's `id` of a member: usually the md5 of the lower-cased address, but always the one the API returned. */
export type MemberHash = Branded<string, 'MemberHash'>;
/** Mailchimp's `contact_id` of a member, which survives a change of address (facts/mailchimp.md). */
export type MemberContactId = Branded<string, 'MemberContactId'>;
/** Id of a batch at Mailchimp. */
export type BatchId = Branded<string, 'BatchId'>;
/** Id of a CiviCRM contact. */
export type ContactId = Branded<number, 'ContactId'>;
/** Id of a CiviCRM group. */
export type GroupId = Branded<number, 'GroupId'>;
/** Id of a row of CiviCRM's subscription history. */
export type HistoryId = Branded<number, 'HistoryId'>;
/** Id of a row of the cache table. */
export type RowId = Branded<number, 'RowId'>;
/** Id of an update in the update table. */
export type UpdateId = Branded<number, 'UpdateId'>;
/** Mark that a call to CiviCRM carries in `tracking`, as `mailchimpsync:{write id}`. */
export type WriteId = Branded<string, 'WriteId'>;
/** Id of a run. */
export type RunId = Branded<string, 'RunId'>;
/** An e-mail address in lower case, compared byte by byte (facts/civicrm.md, collation). */
export type EmailAddress = Branded<string, 'EmailAddress'>;

export const listId = (text: string): ListId => text as ListId;
export const interestId = (text: string): InterestId => text as InterestId;
export const memberHash = (text: string): MemberHash => text as MemberHash;
export const memberContactId = (text: string): MemberContactId => text as MemberContactId;
export const batchId = (text: string): BatchId => text as BatchId;
export const contactId = (id: number): ContactId => id as ContactId;
export const groupId = (id: number): GroupId => id as GroupId;
export const historyId = (id: number): HistoryId => id as HistoryId;
export const rowId = (id: number): RowId => id as RowId;
export const updateId = (id: number): UpdateId => id as UpdateId;
export const writeId = (text: string): WriteId => text as WriteId;
export const runId = (text: string): RunId => text as RunId;
/** Lower-cases an address; nothing else is changed (spaces and accents count). */
export const emailAddress = (text: string): EmailAddress => text.toLowerCase() as EmailAddress;
