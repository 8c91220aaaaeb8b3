import type { ContactId } from '../base/ids.ts';
import type { HistoryRow } from '../civicrm/reader.ts';
import type { Row } from '../store/entities.ts';
import { modifiedContacts, ownersOf } from './changed-contacts.ts';
import { unique } from './collections.ts';
import { rewriteRows } from './commit.ts';
import { membersAmong } from './group-members.ts';
import { pagesOfRows } from './pages.ts';
import type { AudienceContext, Counts, StageContext } from './stage.ts';

/**
 * Stage 3 (`populateMissingContactIds`): finds the contact of each row that has an address and none. An incremental run
 * asks for the rows that are `todo`, and for those at the addresses of contacts that were made or edited since.
 */
export async function populate(context: StageContext): Promise<Counts> {
  let found = 0;
  let done = 0;
  const audience = await context.store.audience(context.settings.listId);
  const modified = context.run.mode === 'full' ? null : await modifiedContacts(context, audience, context.signal);
  const emails = modified && modified.size > 0 ? new Set((await context.civicrm.emailsOfContacts([...modified], context.signal)).map((email) => email.email)) : new Set();
  for await (const page of pagesOfRows(context, { kind: 'withoutContact' }, context.signal)) {
    const rows = modified === null ? page : page.filter((row) => row.syncStatus === 'todo' || emails.has(row.email!));
    found += await findContacts(context, rows, context.signal);
    context.progress({ done: (done += page.length), total: null });
  }
  return { found };
}

/** Finds the contacts of rows that have an address and no contact; how many were found. */
export async function findContacts(context: AudienceContext, rows: readonly Row[], signal?: AbortSignal): Promise<number> {
  if (rows.length === 0) return 0;
  return rewriteRows(context, rows, async (again) => (await withContacts(context, again, signal)).map((row, index) => (row === again[index] ? null : { rows: [{ kind: 'write', row }] })));
}

/** Rows with the contacts that were found for them; the others as they are. */
export async function withContacts(context: AudienceContext, rows: readonly Row[], signal?: AbortSignal): Promise<readonly Row[]> {
  const owners = await ownersOf(context, rows.flatMap((row) => row.email ?? []), signal);
  const several = unique([...owners.values()].filter((ids) => ids.length > 1).flat());
  const standing = several.length > 0 ? await Standing.read(context, several, signal) : undefined;
  return rows.map((row) => {
    const ids = row.email === null || row.contactId !== null ? undefined : owners.get(row.email);
    const contactId = ids && (ids.length === 1 ? ids[0] : standing?.choose(ids));
    return contactId === undefined ? row : { ...row, contactId, syncStatus: 'todo' };
  });
}

/** Who is in the subscription group, and who ever was. */
class Standing {
  readonly #added: ReadonlySet<ContactId>;
  readonly #known: ReadonlySet<ContactId>;

  private constructor(added: ReadonlySet<ContactId>, history: readonly HistoryRow[]) {
    this.#added = added;
    this.#known = new Set(history.filter((row) => row.groupId !== null).map((row) => row.contactId));
  }

  static async read(context: AudienceContext, ids: readonly ContactId[], signal?: AbortSignal): Promise<Standing> {
    const group = context.settings.subscriptionGroup;
    return new Standing(await membersAmong(context, ids, group, signal), await context.civicrm.history(ids, [group], signal));
  }

  /** The lowest id in the group; else the lowest with any history in it; else the lowest. */
  choose(ids: readonly ContactId[]): ContactId | undefined {
    return ids.find((id) => this.#added.has(id)) ?? ids.find((id) => this.#known.has(id)) ?? ids[0];
  }
}
