import { SyncError } from '../base/errors.ts';
import { contactId, emailAddress, type ContactId, type EmailAddress, type RowId } from '../base/ids.ts';
import type { HeldPlan, Row, Update } from '../store/entities.ts';
import { groupBy } from './collections.ts';
import { rewriteRows } from './commit.ts';
import { droppedAt } from './drop-planned.ts';
import { isOf } from './kept-plan.ts';
import { leftOut } from './left-out.ts';
import { pagesOfUpdates } from './pages.ts';
import type { StageContext } from './stage.ts';

/**
 * Takes people out of a plan that is about to be approved; their rows say so (`left_out`).
 * @param except addresses, or ids of contacts
 */
export async function leaveOut(context: StageContext, plan: HeldPlan, except: readonly (string | number)[]): Promise<void> {
  if (except.length === 0) return;
  const named = await Named.of(context, except);
  const isOfPlan = (update: Update): boolean => isOf(plan.id)(update) && named.has(update) && update.state === 'planned';
  const endedAt = context.clock.now();
  const out: Update[] = [];
  for (const side of ['civicrm', 'mailchimp'] as const) for await (const page of pagesOfUpdates(context, side, 'planned', context.signal)) out.push(...page.filter(isOfPlan));
  if (!named.areAllIn(out)) throw new SyncError('message_invalid', 'Some of the people to be left out are not in the plan: name them by the address or the contact id that the plan shows. Nothing was approved.');
  const ofRow = groupBy(out, ({ rowId }) => rowId);
  const rows = await context.store.rowsById(context.settings.listId, [...ofRow.keys()].flatMap((id) => id ?? []));
  await rewriteRows(context, rows, async (again) => {
    const open = await context.store.openUpdates(context.settings.listId, again.map(({ id }) => id), []); // a webhook may have decided some anew
    // In one commit: somebody who was dropped and not yet left out would be decided anew.
    return again.map((row) => ({ rows: [{ kind: 'write', row: leftOut(row, ofRow.get(row.id) ?? []) }], updates: open.filter((update) => update.rowId === row.id && isOfPlan(update)).map((update) => droppedAt(endedAt, update)) }));
  });
}

/** People named by their addresses, or by the ids of their contacts, with the rows that are theirs. */
class Named {
  readonly #emails: ReadonlyMap<EmailAddress, Row | null>;
  readonly #contacts: ReadonlyMap<ContactId, readonly Row[]>;
  readonly #rows: ReadonlySet<RowId>;

  private constructor(emails: ReadonlyMap<EmailAddress, Row | null>, contacts: ReadonlyMap<ContactId, readonly Row[]>) {
    this.#emails = emails;
    this.#contacts = contacts;
    this.#rows = new Set([...emails.values(), ...[...contacts.values()].flat()].flatMap((row) => row?.id ?? []));
  }

  static async of({ store, settings }: StageContext, names: readonly (string | number)[]): Promise<Named> {
    const emails = names.filter((each) => typeof each === 'string').map(emailAddress);
    const contacts = names.filter((each) => typeof each === 'number').map(contactId);
    const atEmail = new Map((await store.rowsByEmail(settings.listId, emails)).map((row) => [row.email, row]));
    const ofContact = groupBy(await store.rowsByContact(settings.listId, contacts), (row) => row.contactId);
    return new Named(
      new Map(emails.map((email) => [email, atEmail.get(email) ?? null])),
      new Map(contacts.map((id) => [id, ofContact.get(id) ?? []])),
    );
  }

  has({ rowId, contactId: contact, ...update }: Update): boolean {
    if (rowId !== null && this.#rows.has(rowId)) return true;
    return (contact !== null && this.#contacts.has(contact)) || (update.side === 'mailchimp' && this.#emails.has(update.email));
  }

  /** Whether each of them is in some of these updates, or was left out already: by this approval, if it was cut off. */
  areAllIn(updates: readonly Update[]): boolean {
    const rows = new Set(updates.map(({ rowId }) => rowId));
    const isIn = (row: Row): boolean => rows.has(row.id) || row.memory.leftOut !== undefined;
    const contacts = new Set(updates.map(({ contactId: contact }) => contact));
    const emails = new Set(updates.flatMap((update) => (update.side === 'mailchimp' ? [update.email] : [])));
    return (
      [...this.#emails].every(([email, row]) => emails.has(email) || (row !== null && isIn(row))) &&
      [...this.#contacts].every(([contact, own]) => contacts.has(contact) || own.some(isIn))
    );
  }
}
