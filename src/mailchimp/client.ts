import { MINUTE, SECOND, type Duration } from '../base/clock.ts';
import { interestId, type InterestId, type ListId } from '../base/ids.ts';
import type { Checked } from '../http/json.ts';
import { redact } from '../http/redaction.ts';
import type { ClientEnvironment } from '../http/service.ts';
import type { AccountSettings } from '../settings/settings.ts';
import type { Answered, Batch, MailchimpApi, OperationAnswer } from './api.ts';
import { batchResults } from './batch-results.ts';
import { batchesQuery, readBatch, readBatches, submission } from './batches.ts';
import { MailchimpCalls } from './calls.ts';
import { membersQuery, readMember, readPage } from './members.ts';
import { ARCHIVE_LIMITS, type ArchiveLimits } from './result-archive.ts';
import { MaybeDone, NotDone } from './send-errors.ts';
import { checkAudience, checkInterestCategories, checkInterests, checkMergeFields, checkProblem, checkTags } from './shapes.ts';
import { webhooksApi } from './webhooks.ts';

export interface MailchimpEnvironment extends ClientEnvironment {
  /** How long after its first attempt a read may be tried again. Default 5 minutes. */
  readonly deadline?: Duration;
  /** The same for what is looked at before a run begins, where a quick error serves better. Default 20 seconds. */
  readonly checkDeadline?: Duration;
  readonly archiveLimits?: ArchiveLimits;
}

/** The largest page that Mailchimp gives of anything (facts/mailchimp.md). */
const PAGE = 1000;

/** The calls to one Mailchimp account over HTTP. Clients of the same account share its budget of connections. */
export function createMailchimpApi(account: AccountSettings, environment: MailchimpEnvironment): MailchimpApi {
  const { deadline = 5 * MINUTE, checkDeadline = 20 * SECOND, archiveLimits = ARCHIVE_LIMITS } = environment;
  const calls = new MailchimpCalls(account, environment);

  const batch: MailchimpApi['batch'] = (id, signal) =>
    calls.read({ path: `/batches/${encodeURIComponent(id)}`, deadline, check: readBatch }, signal);

  return {
    clockOffset: () => calls.service.clockOffset,
    requests: () => calls.service.requests(),

    async audience(listId, signal) {
      const query = { fields: 'id,name,stats.member_count' };
      const { value } = await calls.read({ path: `/lists/${encodeURIComponent(listId)}`, query, deadline: checkDeadline, check: checkAudience }, signal);
      return value === null ? null : { name: value.name, memberCount: value.stats.member_count };
    },

    interests: (listId, signal) => interestsOf(calls, listId, checkDeadline, signal),

    async mergeFields(listId, signal) {
      const path = `/lists/${encodeURIComponent(listId)}/merge-fields`;
      const found = await readPages(async (offset) => {
        const query = { count: String(PAGE), offset: String(offset), fields: 'merge_fields.tag,merge_fields.type,merge_fields.options,total_items' };
        const { value } = await calls.readExisting({ path, query, deadline, check: checkMergeFields }, signal);
        return { items: value.merge_fields, total: value.total_items };
      });
      return found.map(({ tag, type, options }) => ({ tag, type, phoneFormat: options?.phone_format ?? null }));
    },

    async memberTags(listId, key, signal) {
      const path = `/lists/${encodeURIComponent(listId)}/members/${encodeURIComponent(key)}/tags`;
      const found = await readPages(async (offset) => {
        const query = { count: String(PAGE), offset: String(offset), fields: 'tags.name,total_items' };
        const { value } = await calls.read({ path, query, deadline, check: checkTags }, signal);
        return value === null ? null : { items: value.tags, total: value.total_items };
      });
      return found && found.map(({ name }) => name);
    },

    membersPage: (query, signal) =>
      calls.readExisting({ path: `/lists/${encodeURIComponent(query.listId)}/members`, query: membersQuery(query), deadline, check: readPage }, signal),

    member: (listId, key, signal) =>
      calls.read({ path: `/lists/${encodeURIComponent(listId)}/members/${encodeURIComponent(key)}`, deadline, check: readMember }, signal),

    send: (operation, signal) => calls.send(operation, signal),

    async submitBatch(operations, signal) {
      return batchOf(await calls.send(submission(operations), signal));
    },

    batch,

    async batchesSince(since, signal) {
      const batches = await readPages(async (offset) => {
        const { value } = await calls.readExisting({ path: '/batches', query: batchesQuery(offset, PAGE), deadline, check: readBatches }, signal);
        return { items: value.batches, total: value.totalItems };
      });
      const byId = new Map(batches.map((one) => [one.id, one]));
      // Their order is not documented.
      return [...byId.values()].filter(({ submittedAt }) => submittedAt >= since).sort((a, b) => b.submittedAt - a.submittedAt);
    },

    batchResults: (id, signal) =>
      batchResults(
        {
          service: calls.service,
          clock: environment.clock,
          limits: archiveLimits,
          deadline,
          batch: async (which, stop) => (await batch(which, stop)).value,
        },
        id,
        signal,
      ),

    webhooks: webhooksApi(calls, checkDeadline),

    readMember(body) {
      const member = readMember(body);
      return member.fits ? member.value : null;
    },
  };
}

async function interestsOf(calls: MailchimpCalls, listId: ListId, deadline: Duration, signal?: AbortSignal): Promise<ReadonlyMap<InterestId, string>> {
  const path = `/lists/${encodeURIComponent(listId)}/interest-categories`;
  const page = async <Value>(below: string, fields: string, offset: number, check: (body: unknown) => Checked<Value>): Promise<Value> => {
    const query = { count: String(PAGE), offset: String(offset), fields: `${fields},total_items` };
    return (await calls.readExisting({ path: `${path}${below}`, query, deadline, check }, signal)).value;
  };
  const interests = new Map<InterestId, string>();
  const categories = await readPages(async (offset) => {
    const value = await page('', 'categories.id', offset, checkInterestCategories);
    return { items: value.categories, total: value.total_items };
  });
  for (const category of categories) {
    const found = await readPages(async (offset) => {
      const value = await page(`/${encodeURIComponent(category.id)}/interests`, 'interests.id,interests.name', offset, checkInterests);
      return { items: value.interests, total: value.total_items };
    });
    for (const { id, name } of found) interests.set(interestId(id), name);
  }
  return interests;
}

interface Paged<Item> {
  readonly items: readonly Item[];
  readonly total: number;
}

/** All items of a paged list; null where its first page says that there is no such list. */
function readPages<Item>(page: (offset: number) => Promise<Paged<Item>>): Promise<readonly Item[]>;
function readPages<Item>(page: (offset: number) => Promise<Paged<Item> | null>): Promise<readonly Item[] | null>;
async function readPages<Item>(page: (offset: number) => Promise<Paged<Item> | null>): Promise<readonly Item[] | null> {
  const all: Item[] = [];
  for (;;) {
    const found = await page(all.length);
    if (found === null) return null;
    all.push(...found.items);
    if (found.items.length === 0 || all.length >= found.total) return all;
  }
}

/** Reads the answer to `POST /batches`. */
function batchOf({ value, servedAt }: Answered<OperationAnswer>): Answered<Batch> {
  if (value.statusCode >= 400) {
    const problem = checkProblem(value.body);
    throw new NotDone('mailchimp_refused', `POST /batches: Mailchimp refuses the batch (${value.statusCode}${problem.fits ? `, "${redact(problem.value.title)}"` : ''}). Its updates are decided anew.`);
  }
  const read = readBatch(value.body);
  if (read.fits) return { value: read.value, servedAt };
  throw new MaybeDone('mailchimp_unexpected', `POST /batches was answered with something else than a batch: ${read.where}. The account's batches must be searched for it.`);
}

