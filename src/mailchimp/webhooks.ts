import { Type, type Static } from 'typebox';
import type { Duration } from '../base/clock.ts';
import { SyncError } from '../base/errors.ts';
import type { ListId } from '../base/ids.ts';
import { checkerOf } from '../http/json.ts';
import type { MemberOperation } from './api.ts';
import type { MailchimpCalls } from './calls.ts';
import { checkProblem } from './shapes.ts';
import { WEBHOOK_EVENTS, WEBHOOK_SOURCES, type BatchWebhookRecord, type ListWebhookRecord, type WebhookEvents, type WebhooksApi, type WebhookSources } from './webhooks-api.ts';

const id = Type.String({ minLength: 1 });
/** A switch that Mailchimp leaves out is off. */
const switches = Type.Optional(Type.Record(Type.String(), Type.Unknown()));
const ListWebhookShape = Type.Object({ id, url: Type.String(), events: switches, sources: switches });
const checkListWebhooks = checkerOf(Type.Object({ webhooks: Type.Array(ListWebhookShape) }));
const BatchWebhookShape = Type.Object({ id, url: Type.String(), enabled: Type.Optional(Type.Boolean()) });
const checkBatchWebhooks = checkerOf(Type.Object({ webhooks: Type.Array(BatchWebhookShape) }));
const checkAdded = checkerOf(Type.Object({ signing_secret: Type.Optional(Type.Union([Type.String(), Type.Null()])) }));

/** "You can set up a maximum of 20" batch webhooks; a list's come without pages. */
const MOST = '100';

/** The webhook resources of an account. `deadline`: how long after its first attempt a read may be tried again. */
export function webhooksApi(calls: MailchimpCalls, deadline: Duration): WebhooksApi {
  const send = (operation: MemberOperation, signal: AbortSignal | undefined, gone = false): Promise<unknown> => sent(calls, operation, gone, signal);
  return {
    async list(listId, signal) {
      const { value } = await calls.readExisting({ path: pathOf(listId), deadline, check: checkListWebhooks }, signal);
      return value.webhooks.map(listWebhook);
    },

    async add(listId, { url, events, sources, signing }, signal) {
      const body = { url, events, sources, ...(signing && { signing_enabled: true }) };
      const added = checkAdded(await send({ method: 'POST', path: pathOf(listId), body }, signal));
      return { signingSecret: (added.fits && added.value.signing_secret) || null };
    },

    async change(listId, webhook, { events, sources }, signal) {
      await send({ method: 'PATCH', path: pathOf(listId, webhook), body: { events, sources } }, signal);
    },

    async remove(listId, webhook, signal) {
      await send({ method: 'DELETE', path: pathOf(listId, webhook) }, signal, true);
    },

    async listForBatches(signal) {
      const { value } = await calls.readExisting({ path: '/batch-webhooks', query: { count: MOST }, deadline, check: checkBatchWebhooks }, signal);
      return value.webhooks.map(batchWebhook);
    },

    async addForBatches(url, signal) {
      await send({ method: 'POST', path: '/batch-webhooks', body: { url, enabled: true } }, signal);
    },

    async enableForBatches(webhook, signal) {
      await send({ method: 'PATCH', path: batchPath(webhook), body: { enabled: true } }, signal);
    },

    async removeForBatches(webhook, signal) {
      await send({ method: 'DELETE', path: batchPath(webhook) }, signal, true);
    },
  };
}

const pathOf = (listId: ListId, webhook?: string): string => `/lists/${encodeURIComponent(listId)}/webhooks${webhook === undefined ? '' : `/${encodeURIComponent(webhook)}`}`;

const batchPath = (webhook: string): string => `/batch-webhooks/${encodeURIComponent(webhook)}`;

const listWebhook = ({ id: webhook, url, events = {}, sources = {} }: Static<typeof ListWebhookShape>): ListWebhookRecord => ({
  id: webhook,
  url,
  events: Object.fromEntries(WEBHOOK_EVENTS.map((name) => [name, events[name] === true])) as WebhookEvents,
  sources: Object.fromEntries(WEBHOOK_SOURCES.map((name) => [name, sources[name] === true])) as WebhookSources,
});

const batchWebhook = ({ id: webhook, url, enabled = true }: Static<typeof BatchWebhookShape>): BatchWebhookRecord => ({ id: webhook, url, enabled });

/** Sends a change; a refusal is an error that says what Mailchimp asks of a webhook's address. */
async function sent(calls: MailchimpCalls, operation: MemberOperation, mayBeGone: boolean, signal?: AbortSignal): Promise<unknown> {
  const { value } = await calls.send(operation, signal);
  if (value.statusCode < 400 || (mayBeGone && value.statusCode === 404)) return value.body;
  const problem = checkProblem(value.body);
  const title = problem.fits ? `, "${problem.value.title}"` : '';
  throw new SyncError(
    'mailchimp_refused',
    `Mailchimp refuses the ${operation.method} of a webhook (${value.statusCode}${title}). Its address must be reachable from the internet and answer a GET with 200; an account may have 20 batch webhooks, and one webhook for each address.`,
  );
}
