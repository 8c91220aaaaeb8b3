import { MINUTE, type Duration } from '../base/clock.ts';
import type { ContactId, EmailAddress } from '../base/ids.ts';
import type { Row } from '../store/entities.ts';
import { ownersOf } from './changed-contacts.ts';
import { clockDifference } from './clock-difference.ts';
import { inChunks } from './collections.ts';
import { rewriteRows } from './commit.ts';
import { memberIsSubscribed } from './member-status.ts';
import { pagesOfRows } from './pages.ts';
import type { AudienceContext, Counts, StageContext } from './stage.ts';
import { WordOrder } from './words.ts';

/** Contacts a call (facts/civicrm.md: 35 ms each). */
const CREATE_CHUNK = 25;

/** A claim older than this was left by a crash: making 25 contacts takes seconds. */
const CLAIM_LIFE: Duration = 10 * MINUTE;

/**
 * Stage 4 (`createNewContactsFromMailchimp`): a new Individual for each row still without a contact and subscribed at
 * Mailchimp, unless a kept removal is the later word. `pending` alone makes no contact [foreign].
 */
export async function createContacts(context: StageContext): Promise<Counts> {
  const counts = { created: 0, found: 0 };
  let done = 0;
  for await (const page of pagesOfRows(context, { kind: 'withoutContact' }, context.signal)) {
    const made = await createFor(context, page, context.signal);
    counts.created += made.created;
    counts.found += made.found;
    context.progress({ done: (done += page.length), total: null });
  }
  return counts;
}

/** Makes the contacts of those of these rows that are to have one. */
export async function createFor(context: AudienceContext, rows: readonly Row[], signal?: AbortSignal): Promise<{ created: number; found: number }> {
  const counts = { created: 0, found: 0 };
  const order = new WordOrder(clockDifference(context));
  const wanting = rows.filter((row) => wantsContact(row, order));
  for (const chunk of inChunks(wanting, CREATE_CHUNK)) {
    signal?.throwIfAborted();
    const made = await new Creation(context, chunk).run(signal);
    counts.created += made.created;
    counts.found += made.found;
  }
  return counts;
}

function wantsContact(row: Row, order: WordOrder): boolean {
  if (row.contactId !== null || row.email === null || !memberIsSubscribed(row) || row.memory.foreign) return false;
  return order.later(row.memory.status, row.memory.kept)?.value === true;
}

/**
 * One call's worth of creations. Each address is claimed across audiences first, then looked up once more, then the
 * contact made; the claim ends when the row has its contact. One left by a crash is taken over, and settled by looking first.
 */
class Creation {
  readonly #context: AudienceContext;
  readonly #rows: readonly Row[];

  constructor(context: AudienceContext, rows: readonly Row[]) {
    this.#context = context;
    this.#rows = rows;
  }

  async run(signal?: AbortSignal): Promise<{ created: number; found: number }> {
    const { store, settings, civicrmWriter, random } = this.#context;
    const claimant = this.#context.lease ? `run ${this.#context.lease.runId}` : `handler ${random.token(8)}`;
    const now = this.#context.clock.now();
    const emails = this.#rows.flatMap((row) => row.email ?? []);
    const claims = await store.claimCreation(this.#site, emails, claimant, now, now - CLAIM_LIFE);
    const mine = new Set(claims.filter((claim) => claim.claimedBy === claimant).map((claim) => claim.email));
    const contacts = new Map<EmailAddress, ContactId>();
    for (const [email, ids] of await ownersOf(this.#context, emails, signal)) if (ids[0] !== undefined) contacts.set(email, ids[0]);
    const found = contacts.size;
    const toMake = this.#rows.filter((row) => mine.has(row.email!) && !contacts.has(row.email!));
    const ids = await civicrmWriter.createContacts(
      toMake.map((row) => ({ firstName: row.member?.firstName ?? '', lastName: row.member?.lastName ?? '', email: row.email!, source: settings.contactSource })),
      signal,
    );
    toMake.forEach((row, index) => contacts.set(row.email!, ids[index]!));
    await rewriteRows(this.#context, this.#rows, async (again) =>
      again.map((row) => {
        const id = row.email === null || row.contactId !== null ? undefined : contacts.get(row.email);
        return id === undefined ? null : { rows: [{ kind: 'write', row: { ...row, contactId: id, syncStatus: 'todo' } }] };
      }),
    );
    await store.settleCreation(this.#site, [...mine].map((email) => ({ email, contactId: null }))); // from here on the contact is found by its address
    return { created: toMake.length, found };
  }

  get #site(): string {
    return this.#context.civicrmSettings.url;
  }
}
