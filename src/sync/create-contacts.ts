import { DAY } from '../base/clock.ts';
import { writeId, type RunId } from '../base/ids.ts';
import type { CivicrmUpdate, NewUpdate, Row } from '../store/entities.ts';
import { judgePlan } from './brake.ts';
import { ownersOf } from './changed-contacts.ts';
import { clockDifference } from './clock-difference.ts';
import { inChunks } from './collections.ts';
import { commitOptions } from './commit.ts';
import { Creation, isLeft, type Created } from './creation.ts';
import { dropPlanned, dropUpdates } from './drop-planned.ts';
import { isLeftWithoutContact } from './left-out.ts';
import { memberIsSubscribed } from './member-status.ts';
import { pagesOfRows } from './pages.ts';
import { peopleChanged, reasonsToWait, sidesNow } from './people-changed.ts';
import { whyNoContact } from './refused-contact.ts';
import type { AudienceContext, Counts, StageContext } from './stage.ts';
import { WordOrder } from './words.ts';

const NONE: Created = { created: 0, found: 0, refused: 0 };

/** Contacts a call (facts/civicrm.md: 35 ms each). */
const CREATE_CHUNK = 25;

/**
 * Stage 4 (`createNewContactsFromMailchimp`): a new Individual for each row still without a contact and subscribed at
 * Mailchimp, unless a kept removal is the later word. `pending` alone makes no contact [foreign]. They are counted before
 * any is made: a dry run makes none, nor does one that would make or add more than the limits allow; these become a part
 * of the plan (`reconcile`).
 */
export async function createContacts(context: StageContext): Promise<Counts> {
  const { run, signal } = context;
  const ofRun = (update: { readonly kind: string; readonly runId: RunId | null }): boolean => update.kind === 'create' && update.runId === run.id;
  await dropPlanned(context, ofRun, signal); // of a stage that was cut short
  const wanted = await planCreations(context, run.id, signal);
  if (wanted > 0 && (run.dryRun || (await isBeyondLimits(context, wanted)))) {
    await dropPlanned(context, ofRun, signal);
    return { ...NONE, withheld: wanted };
  }
  const made = wanted > 0 ? await makePlanned(context, run.id, signal) : NONE;
  await endLeftClaims(context, signal);
  return { ...made };
}

/** Who is created is to be added, too. */
async function isBeyondLimits(context: StageContext, creations: number): Promise<boolean> {
  const people = await peopleChanged(context);
  const judged = { kinds: { create: creations, add: creations }, people: { ...people, add: people.add + creations }, before: null, missing: 0 };
  return judgePlan({ ...judged, sides: await sidesNow(context, context.signal) }, context.settings.limits).length > 0;
}

/** Plans a contact for every row of the audience that is to have one; how many. */
export async function planCreations(context: StageContext, runId: RunId, signal: AbortSignal): Promise<number> {
  let planned = 0;
  for await (const page of pagesOfRows(context, { kind: 'withoutContact' }, signal)) planned += (await planFor(context, page, runId)).length;
  return planned;
}

/** Makes the contacts that are planned for a run, or a held plan. */
export async function makePlanned(context: StageContext, runId: RunId, signal: AbortSignal): Promise<Created> {
  const counts = { ...NONE };
  let done = 0;
  for await (const page of pagesOfRows(context, { kind: 'withoutContact' }, signal)) {
    const open = await context.store.openUpdates(context.settings.listId, page.map(({ id }) => id), []);
    const made = await make(context, page, open.filter((update): update is CivicrmUpdate => update.side === 'civicrm' && isPlanned(update) && update.runId === runId), signal);
    counts.created += made.created;
    counts.found += made.found;
    counts.refused += made.refused;
    context.progress({ done: (done += page.length), total: null });
  }
  return counts;
}

const isPlanned = ({ kind, state }: Pick<CivicrmUpdate, 'kind' | 'state'>): boolean => kind === 'create' && state === 'planned';

/**
 * Makes the contacts of those of these rows that are to have one, outside a run.
 * @param by an approval: then no limit holds. Answers null when they have to wait.
 */
export async function createFor(context: AudienceContext, rows: readonly Row[], options: { readonly by: RunId | null; readonly isLimited: boolean; readonly signal?: AbortSignal | undefined }): Promise<Created | null> {
  const planned = await planFor(context, rows, options.by);
  if (planned.length > 0 && options.isLimited && (await reasonsToWait(context, { create: planned.length })).length > 0) {
    await dropUpdates(context, planned);
    return null;
  }
  return make(context, rows, planned, options.signal);
}

/** Contacts as updates, so that they are counted before they are made, and shown in a plan. */
async function planFor(context: AudienceContext, rows: readonly Row[], runId: RunId | null): Promise<readonly CivicrmUpdate[]> {
  const { store, settings, clock, random } = context;
  const order = new WordOrder(clockDifference(context));
  const wanting = rows.filter((row) => wantsContact(row, order) && whyNoContact(row, clock.now()) === null);
  if (wanting.length === 0) return [];
  const mark = writeId(random.token(8));
  const made = wanting.map((row): Omit<CivicrmUpdate, 'id'> => ({
    listId: settings.listId,
    runId,
    rowId: row.id,
    contactId: null,
    side: 'civicrm',
    kind: 'create',
    state: 'planned',
    claims: false,
    origin: row.memory.status ? { status: row.memory.status } : {},
    reason: 'subscribed at Mailchimp, not in CiviCRM',
    unclear: false,
    createdAt: clock.now(),
    sentAt: null,
    endedAt: null,
    failReason: null,
    answer: null,
    ask: { kind: 'contact', email: row.email! },
    writeId: mark,
  }));
  const [outcome] = await store.commit(settings.listId, [{ updates: made.map((update: NewUpdate) => ({ kind: 'insert', update })) }], commitOptions(context));
  return outcome?.kind === 'done' ? made.map((update, index) => ({ ...update, id: outcome.updates[index]! })) : [];
}

async function make(context: AudienceContext, rows: readonly Row[], planned: readonly CivicrmUpdate[], signal?: AbortSignal): Promise<Created> {
  const counts = { ...NONE };
  const order = new WordOrder(clockDifference(context));
  const updates = new Map(planned.map((update) => [update.rowId, update]));
  const wanting = rows.filter((row) => updates.has(row.id) && wantsContact(row, order));
  for (const chunk of inChunks(wanting, CREATE_CHUNK)) {
    signal?.throwIfAborted();
    const made = await new Creation(context, chunk, updates, signal).run();
    counts.created += made.created;
    counts.found += made.found;
    counts.refused += made.refused;
  }
  await dropUpdates(context, planned); // of who had got a contact meanwhile
  return counts;
}

/** Subscribed at Mailchimp, and nobody is kept from having a contact: one is to be made. */
export function wantsContact(row: Row, order: WordOrder): boolean {
  if (row.contactId !== null || row.email === null || !memberIsSubscribed(row) || row.memory.foreign || isLeftWithoutContact(row)) return false;
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
