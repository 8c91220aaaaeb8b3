import type { ContactId, EmailAddress, GroupId } from '../base/ids.ts';
import { historyId } from '../base/ids.ts';
import { SECOND } from '../base/clock.ts';
import type { HistoryRow } from '../civicrm/reader.ts';
import type { AudienceState, Row } from '../store/entities.ts';
import { unique } from './collections.ts';
import type { AudienceContext } from './stage.ts';

/** History rows and contacts read at a time (facts/civicrm.md: 5,000 serve best). */
const PAGE = 5000;

/** The groups that an audience is bound to. */
export const boundGroups = ({ settings }: Pick<AudienceContext, 'settings'>): readonly GroupId[] => [settings.subscriptionGroup, ...settings.interests.values()];

/** History rows of the bound groups, and opt-outs, since the audience's cursor. */
export async function newHistory(context: AudienceContext, audience: AudienceState, signal?: AbortSignal): Promise<readonly HistoryRow[]> {
  const rows: HistoryRow[] = [];
  for (let after = audience.history; ; ) {
    const page = await context.civicrm.historySince(after, boundGroups(context), PAGE, signal);
    rows.push(...page);
    if (page.length < PAGE) return rows;
    after = historyId(page.at(-1)!.id);
  }
}

/** Contacts whose `modified_date` moved since the last look: names, addresses, opt-outs, the trash, merges; null: at a first run, all. */
export async function modifiedContacts(context: AudienceContext, audience: AudienceState, signal?: AbortSignal): Promise<ReadonlySet<ContactId> | null> {
  if (audience.modified === null) return null;
  const found = new Set<ContactId>();
  for (let after: ContactId | null = null; ; ) {
    const page: readonly ContactId[] = await context.civicrm.modifiedSince(audience.modified - SECOND, after, PAGE, signal);
    for (const id of page) found.add(id);
    if (page.length < PAGE) return found;
    after = page.at(-1)!;
  }
}

/** The live contacts that own each address. */
export async function ownersOf(context: AudienceContext, addresses: readonly EmailAddress[], signal?: AbortSignal): Promise<ReadonlyMap<EmailAddress, readonly ContactId[]>> {
  const owners = new Map<EmailAddress, ContactId[]>();
  if (addresses.length === 0) return owners;
  for (const email of await context.civicrm.emailsByAddress(unique(addresses), signal)) {
    const ids = owners.get(email.email) ?? [];
    if (!ids.includes(email.contactId)) ids.push(email.contactId);
    owners.set(email.email, ids);
  }
  for (const ids of owners.values()) ids.sort((one, other) => one - other);
  return owners;
}

/** The contacts that a row knows: its own, and those that used it at the last decision. */
export const knownUsers = (row: Row): readonly ContactId[] => unique([...(row.contactId === null ? [] : [row.contactId]), ...(row.memory.users ?? [])]);
