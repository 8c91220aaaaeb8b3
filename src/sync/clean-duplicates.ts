import type { Row, Update } from '../store/entities.ts';
import type { Unit } from '../store/store.ts';
import { claimsOn } from './claims.ts';
import { groupBy, unique } from './collections.ts';
import { rewriteRows, supersede } from './commit.ts';
import { pagesOfRows } from './pages.ts';
import type { AudienceContext, Counts, StageContext } from './stage.ts';

/**
 * Stage 5 (`cleanupDuplicatesInCache`): a contact-only row goes when the same contact uses a row with a member; the
 * survivor takes over its memory. Not while an update of it may take effect [claimaddr], nor before a word that it
 * carries was decided [noalong].
 */
export async function cleanDuplicates(context: StageContext): Promise<Counts> {
  let removed = 0;
  for await (const page of pagesOfRows(context, { kind: 'contactOnly' }, context.signal)) removed += await cleanAmong(context, page, context.signal);
  return { removed };
}

/** The same for some contact-only rows. */
export async function cleanAmong(context: AudienceContext, rows: readonly Row[], signal?: AbortSignal): Promise<number> {
  const contactOnly = rows.filter((row) => row.member === null && row.contactId !== null);
  if (contactOnly.length === 0) return 0;
  return rewriteRows(context, contactOnly, async (again) => {
    const { listId } = context.settings;
    const contacts = unique(again.flatMap((row) => row.contactId ?? []));
    const emails = groupBy(await context.civicrm.emailsOfContacts(contacts, signal), (email) => email.contactId);
    const addresses = unique([...emails.values()].flat().map((email) => email.email));
    const byContact = await context.store.rowsByContact(listId, contacts);
    const byEmail = addresses.length > 0 ? await context.store.rowsByEmail(listId, addresses) : [];
    const updates = await context.store.openUpdates(listId, again.map((row) => row.id), again.flatMap((row) => row.email ?? []));
    const gone = new Set<number>();
    return again.map((row) => {
      const own = new Set((emails.get(row.contactId!) ?? []).map((email) => email.email));
      const used = [...byContact.filter((other) => other.contactId === row.contactId), ...byEmail.filter((other) => own.has(other.email!))];
      const survivor = used.find((other) => other.id !== row.id && !gone.has(other.id) && (other.member !== null || other.id < row.id));
      if (!survivor || isNeeded(row, updates)) return null;
      gone.add(row.id);
      return removal(row, survivor, updates);
    });
  });
}

function isNeeded(row: Row, updates: readonly Update[]): boolean {
  const keepsRemoval = row.memory.kept !== undefined && row.email !== null;
  const carriesWord = row.syncStatus === 'todo' && row.email === null && row.memory.status !== undefined;
  return keepsRemoval || carriesWord || claimsOn(row, row.email, updates).length > 0;
}

/** The survivor is decided anew, and remembers what the other did of names and data hooks. */
function removal(row: Row, survivor: Row, updates: readonly Update[]): Unit {
  const names = survivor.memory.names ?? row.memory.names;
  const kept: Row = {
    ...survivor,
    memory: { ...survivor.memory, ...(names && { names }) },
    hookData: { ...row.hookData, ...survivor.hookData },
    syncStatus: 'todo',
  };
  const ended = supersede(updates, row).filter((change) => change.kind !== 'move');
  return {
    rows: [{ kind: 'delete', id: row.id, version: row.version }, { kind: 'write', row: kept }],
    updates: [...ended, { kind: 'move', fromRow: row.id, toRow: survivor.id }],
  };
}
