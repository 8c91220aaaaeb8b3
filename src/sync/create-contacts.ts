import { DAY } from '../base/clock.ts';
import type { Row } from '../store/entities.ts';
import { ownersOf } from './changed-contacts.ts';
import { clockDifference } from './clock-difference.ts';
import { inChunks } from './collections.ts';
import { Creation, isLeft, type Created } from './creation.ts';
import { memberIsSubscribed } from './member-status.ts';
import { pagesOfRows } from './pages.ts';
import { whyNoContact } from './refused-contact.ts';
import type { AudienceContext, Counts, StageContext } from './stage.ts';
import { WordOrder } from './words.ts';

/** Contacts a call (facts/civicrm.md: 35 ms each). */
const CREATE_CHUNK = 25;

/**
 * Stage 4 (`createNewContactsFromMailchimp`): a new Individual for each row still without a contact and subscribed at
 * Mailchimp, unless a kept removal is the later word. `pending` alone makes no contact [foreign].
 */
export async function createContacts(context: StageContext): Promise<Counts> {
  const counts = { created: 0, found: 0, refused: 0 };
  let done = 0;
  for await (const page of pagesOfRows(context, { kind: 'withoutContact' }, context.signal)) {
    const made = await createFor(context, page, context.signal);
    counts.created += made.created;
    counts.found += made.found;
    counts.refused += made.refused;
    context.progress({ done: (done += page.length), total: null });
  }
  await endLeftClaims(context, context.signal);
  return counts;
}

/** Makes the contacts of those of these rows that are to have one. */
export async function createFor(context: AudienceContext, rows: readonly Row[], signal?: AbortSignal): Promise<Created> {
  const counts = { created: 0, found: 0, refused: 0 };
  const order = new WordOrder(clockDifference(context));
  const wanting = rows.filter((row) => wantsContact(row, order) && whyNoContact(row, context.clock.now()) === null);
  for (const chunk of inChunks(wanting, CREATE_CHUNK)) {
    signal?.throwIfAborted();
    const made = await new Creation(context, chunk, signal).run();
    counts.created += made.created;
    counts.found += made.found;
    counts.refused += made.refused;
  }
  return counts;
}

function wantsContact(row: Row, order: WordOrder): boolean {
  if (row.contactId !== null || row.email === null || !memberIsSubscribed(row) || row.memory.foreign) return false;
  return order.later(row.memory.status, row.memory.kept)?.value === true;
}

/** Claims that were left after their contact had its row are ended, and those that nobody has taken over for a day. */
async function endLeftClaims(context: AudienceContext, signal: AbortSignal): Promise<void> {
  const { store, clock, civicrmSettings } = context;
  const left = (await store.creationClaims(civicrmSettings.url)).filter((claim) => isLeft(claim, clock.now()));
  const owners = await ownersOf(context, left.map(({ email }) => email), signal);
  const over = left.filter(({ email, claimedAt }) => owners.has(email) || claimedAt < clock.now() - DAY);
  if (over.length > 0) await store.settleCreation(civicrmSettings.url, over.map(({ email }) => ({ email, contactId: null })));
}
