import { SECOND, type Duration, type Instant } from '../base/clock.ts';
import type { MemberContactId } from '../base/ids.ts';
import type { MemberStatus } from '../mailchimp/api.ts';
import type { AudienceState, Row, Run } from '../store/entities.ts';
import { writeAudience } from './commit.ts';
import { pagesOfRows } from './pages.ts';
import type { AudienceContext, Counts, StageContext } from './stage.ts';
import { takeLooks, type Look } from './take-looks.ts';

/** Members a page: the most that Mailchimp gives (facts/mailchimp.md). */
const PAGE = 1000;
/** Members of a full page that are read again with the next: offsets drift while others write. */
const OVERLAP = 20;
/** An incremental fetch goes back this far before the last one's start: ties of whole seconds are real. */
const SINCE_OVERLAP: Duration = 2 * SECOND;
/** So often a full listing is repeated when it shows fewer members than Mailchimp counts. */
const LISTINGS = 3;
/** So many members that a full fetch misses are asked for one by one; the others are left to the next full run. */
const GONE_LIMIT = 500;

/**
 * Stage 1 (`mergeMailchimpData`): members changed since the last complete fetch; or all, on the first run, when an
 * interest binding is new and whenever any `trustOverride` is set. A full fetch also notices who is gone.
 */
export async function fetch(context: StageContext): Promise<Counts> {
  const audience = await context.store.audience(context.settings.listId);
  const since = sinceOf(context.run, audience, context);
  const listing = await listAll(context, audience, since);
  const gone = since === null && listing.complete ? await noticeGone(context, audience, listing.seen) : { gone: 0, notAsked: 0 };
  // Who was missed may have changed before: the next fetch goes back as far as this one.
  if (listing.complete)
    await writeAudience(context, {
      fetchedAt: listing.startedAt,
      ...(since === null && { fullyFetchedAt: listing.startedAt, interests: [...context.settings.interests.keys()] }),
    });
  const { seen, made, changed, withoutEmail, notListed, complete } = listing;
  return { fetched: seen.size, made, changed, withoutEmail, notListed, incomplete: complete ? 0 : 1, ...gone, full: since === null ? 1 : 0 };
}

/** null: everything. */
function sinceOf(run: Run, audience: AudienceState, { settings }: AudienceContext): Instant | null {
  const { trustOverride, interests } = settings;
  const overridden = trustOverride.subscription !== null || trustOverride.interests.size > 0;
  const newBinding = [...interests.keys()].some((interest) => !audience.interests.includes(interest));
  if (run.mode === 'full' || audience.fetchedAt === null || newBinding || overridden) return null;
  const since = audience.fetchedAt - SINCE_OVERLAP;
  return run.mode === 'since' && run.since !== null ? Math.min(run.since, since) : since;
}

interface Listing {
  readonly seen: ReadonlySet<MemberContactId>;
  readonly startedAt: Instant;
  readonly made: number;
  readonly changed: number;
  readonly withoutEmail: number;
  /** Members that Mailchimp counts and did not list at last. */
  readonly notListed: number;
  /** As many members were seen as Mailchimp counts, or listing them once more showed nobody new. */
  readonly complete: boolean;
}

async function listAll(context: StageContext, audience: AudienceState, since: Instant | null): Promise<Listing> {
  const seen = new Set<MemberContactId>();
  const counts = { made: 0, changed: 0 };
  let startedAt: Instant | null = null;
  let complete = true;
  let notListed = 0;
  let withoutEmail = 0;
  // Archived members are listed only when asked for (facts/mailchimp.md).
  for (const status of [null, 'archived'] satisfies (MemberStatus | null)[]) {
    for (let listing = 1; listing <= LISTINGS; listing++) {
      const before = seen.size;
      const one = await list(context, audience, since, status, seen, counts);
      startedAt ??= one.startedAt;
      const nobodyNew = listing > 1 && seen.size === before;
      if (one.notListed > 0 && !nobodyNew && listing < LISTINGS) continue;
      withoutEmail += one.withoutEmail;
      if (one.notListed === 0) break;
      notListed += one.notListed;
      complete &&= nobodyNew;
      context.log(`${context.settings.listId}: Mailchimp counts ${one.notListed} of ${one.total} members that it does not list; ${nobodyNew ? 'listing them again showed nobody new' : `${LISTINGS} listings each showed others, so the next run reads as far back as this one`}`);
      break;
    }
  }
  return { seen, startedAt: startedAt!, notListed, withoutEmail, complete, ...counts };
}

async function list(
  context: StageContext,
  audience: AudienceState,
  since: Instant | null,
  status: MemberStatus | null,
  seen: Set<MemberContactId>,
  counts: { made: number; changed: number },
): Promise<{ startedAt: Instant; notListed: number; withoutEmail: number; total: number }> {
  const here = new Set<MemberContactId>();
  let withoutEmail = 0;
  let startedAt: Instant | null = null;
  for (let offset = 0; ; ) {
    context.signal.throwIfAborted();
    const { value: page, servedAt } = await context.mailchimp.membersPage({ listId: context.settings.listId, count: PAGE, offset, since, status, withTags: context.settings.data.tags !== null }, context.signal);
    startedAt ??= servedAt;
    const fresh = page.members.filter((member) => !here.has(member.contactId));
    for (const member of fresh) {
      here.add(member.contactId);
      seen.add(member.contactId);
    }
    withoutEmail += page.withoutEmail;
    const taken = await takeLooks(context, fresh.map((member): Look => ({ member, seenAt: servedAt })), { audience, signal: context.signal });
    counts.made += taken.made;
    counts.changed += taken.changed;
    context.progress({ done: Math.min(offset + page.length, page.totalItems), total: page.totalItems });
    const last = page.length < PAGE || offset + page.length >= page.totalItems;
    if (last) return { startedAt, notListed: Math.max(0, page.totalItems - here.size - withoutEmail), withoutEmail, total: page.totalItems };
    offset += page.length - OVERLAP;
  }
}

/** Members that a full fetch did not show are asked for by `contact_id`: only a 404 then says that they are gone [gonebyid]. */
async function noticeGone(context: StageContext, audience: AudienceState, seen: ReadonlySet<MemberContactId>): Promise<{ gone: number; notAsked: number }> {
  let gone = 0;
  let asked = 0;
  let notAsked = 0;
  for await (const rows of pagesOfRows(context, { kind: 'memberPresent' }, context.signal))
    for (const row of rows.filter((each) => each.memberContactId !== null && !seen.has(each.memberContactId))) {
      if (asked >= GONE_LIMIT) {
        notAsked += 1;
        continue;
      }
      asked += 1;
      if (await lookAtMember(context, audience, row)) gone += 1;
    }
  if (notAsked > 0) context.log(`${notAsked} members are missing from the full fetch and were not asked for one by one (limit ${GONE_LIMIT}); the next full run goes on`);
  return { gone, notAsked };
}

/** Reads a row's member on its own and takes the look; true when it is gone. */
export async function lookAtMember(context: AudienceContext, audience: AudienceState, row: Row, more: Omit<Look, 'member' | 'seenAt' | 'rowId'> = {}, signal?: AbortSignal): Promise<boolean> {
  const key = row.memberContactId ?? row.email;
  if (key === null) return false;
  const { value: member, servedAt } = await context.mailchimp.member(context.settings.listId, key, signal);
  await takeLooks(context, [{ ...more, member, seenAt: servedAt, rowId: row.id }], { audience, signal });
  return member === null;
}
