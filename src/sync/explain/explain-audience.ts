import type { ContactId, EmailAddress, ListId, RowId, RunId } from '../../base/ids.ts';
import { distinctRows } from '../collections.ts';
import type { AudienceContext } from '../stage.ts';
import { addressesOfRow, readKnown, rowsOf, withOthers, type Known, type PersonAsked } from './known.ts';
import { isStored } from './new-row.ts';
import { seePerson, type LookOptions, type Seen } from './seen.ts';
import { told } from './told.ts';
import { toldContacts, type ToldContact } from './told-contact.ts';
import { toldMember, toldRow, type ToldMember, type ToldRow } from './told-row.ts';
import { toldUpdate, type ToldUpdate } from './told-update.ts';
import { toldWebhook, type ToldWebhook } from './told-webhook.ts';
import { wordsOfMemory, type ToldWord } from './told-word.ts';
import { audienceInWords } from './text.ts';
import { whoIs, type Who } from './who.ts';
import { whatWouldHappen, type WouldHappen } from './would-happen.ts';

/** A member as it is now; of an address that the store has no row for, `row` is null. */
export interface ToldMemberNow extends ToldMember {
  readonly row: RowId | null;
  readonly email: EmailAddress | null;
}

/** What one audience knows of a person, and of whoever hangs together with them. */
export interface AudienceExplanation {
  readonly listId: ListId;
  readonly name: string;
  /** Whether anything at all is known of the person here. */
  readonly known: boolean;
  /** The person's contact; null: none, or several have the address. */
  readonly contactId: ContactId | null;
  /** Everybody concerned. */
  readonly contactIds: readonly ContactId[];
  /** As the sync last knew. */
  readonly rows: readonly ToldRow[];
  /** What is remembered of contacts beyond the rows. */
  readonly contacts: readonly { readonly contactId: ContactId; readonly lookedAt: string; readonly words: readonly ToldWord[] }[];
  /** Newest first. */
  readonly updates: readonly ToldUpdate[];
  /** Newest first, as long as they are kept. */
  readonly webhooks: readonly ToldWebhook[];
  /** Both sides as they are now; null: the service could not be looked at. */
  readonly now: { readonly mailchimp: readonly ToldMemberNow[] | null; readonly civicrm: readonly ToldContact[] | null; readonly troubles: readonly string[] };
  /** null: a service could not be looked at. */
  readonly wouldHappen: WouldHappen | null;
  /** The plan that waits for approval. */
  readonly held: { readonly plan: RunId; readonly since: string } | null;
  /** The run that is under way. */
  readonly running: RunId | null;
  readonly text: string;
}

/** Gathers and tells; writes nothing anywhere. */
export async function explainAudience(context: AudienceContext, person: PersonAsked, options: LookOptions): Promise<AudienceExplanation> {
  const asked = await rowsOf(context, person, options.signal);
  const together = await withOthers(context, asked);
  const seen = await seePerson(context, person, together, options);
  const found = seen.clusters?.flatMap((cluster) => cluster.rows).filter(isStored) ?? [];
  const rows = await fresh(context, distinctRows([...together, ...found]));
  const isAsked = rows.filter((row) => asked.some(({ id }) => id === row.id) || ('email' in person && row.email === person.email));
  const who = whoIs(person, isAsked, rows, seen);
  const known = await readKnown(context, rows, who.contacts, [...who.addresses, ...rows.filter(({ id }) => who.rows.has(id)).flatMap(addressesOfRow)]);
  const explanation = { ...explain(context, { known, seen, who }), listId: context.settings.listId, name: context.settings.name };
  return { ...explanation, text: audienceInWords(explanation).join('\n') };
}

/** As the store has them; those found by a look are as that would leave them. */
const fresh = async ({ store, settings }: AudienceContext, rows: Awaited<ReturnType<typeof rowsOf>>): ReturnType<typeof rowsOf> =>
  rows.length > 0 ? store.rowsById(settings.listId, rows.map(({ id }) => id)) : [];

function explain(context: AudienceContext, { known, seen, who }: { readonly known: Known; readonly seen: Seen; readonly who: Who }): Omit<AudienceExplanation, 'listId' | 'name' | 'text'> {
  const { settings } = context;
  const contacts = seen.civicrm && toldContacts(seen.civicrm, settings, who.contact);
  const groups = new Map([[settings.subscriptionGroup, 'subscription'], ...[...settings.interests].map(([interest, group]) => [group, `interest ${interest}`] as const)]);
  const members = seen.members?.map(({ row, email, member, servedAt }) => memberNow(row?.id ?? null, email, member, servedAt, who)) ?? null;
  return {
    known: known.rows.length > 0 || known.updates.length > 0 || known.webhooks.length > 0 || (contacts ?? []).length > 0 || (members ?? []).length > 0,
    contactId: who.contact,
    contactIds: who.contacts,
    rows: known.rows.map((row) => toldRow(row, known.webhooks, who.rows.has(row.id))),
    contacts: known.contacts.map((memory) => ({ contactId: memory.contactId, lookedAt: told(memory.lookedAt), words: wordsOfMemory(memory, groups) })),
    updates: known.updates.map((update) =>
      toldUpdate(update, { runs: known.runs, held: known.held?.id ?? null, isHers: ({ rowId, contactId }) => (rowId !== null && who.rows.has(rowId)) || (contactId !== null && contactId === who.contact) }),
    ),
    webhooks: known.webhooks.map((entry) => toldWebhook(entry, { limits: known.limits, enabled: settings.enabled, isHers: entry.email !== null && who.addresses.has(entry.email) })),
    now: { mailchimp: members, civicrm: contacts, troubles: seen.troubles },
    wouldHappen: seen.clusters && whatWouldHappen(context, seen.clusters, known, who),
    held: known.held && { plan: known.held.id, since: told(known.held.heldAt) },
    running: known.running?.id ?? null,
  };
}

function memberNow(row: RowId | null, email: EmailAddress | null, member: Parameters<typeof toldMember>[0] | null, seenAt: number, who: Who): ToldMemberNow {
  const isHers = (row !== null && who.rows.has(row)) || (email !== null && who.addresses.has(email));
  const gone: ToldMember = { status: null, lastChanged: null, optedIn: null, interests: {}, firstName: null, lastName: null, seenAt: told(seenAt) };
  return { row, email: isHers ? email : null, ...(member ? toldMember(member, seenAt, isHers) : gone) };
}
