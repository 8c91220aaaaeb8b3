import { constantTimeEqual } from '../base/secrets.ts';
import { batchId, type BatchId } from '../base/ids.ts';
import type { Clock } from '../base/clock.ts';
import type { Settings } from '../settings/settings.ts';
import type { Store } from '../store/store.ts';
import type { WebhookAnswer, WebhookRequest } from './engine.ts';
import { readBatchWebhook, readBody, readListWebhook, type ListWebhook } from './webhook-request.ts';

/** Types that change something here. `campaign` and unknown ones are answered and forgotten. */
const TYPES: ReadonlySet<string> = new Set(['subscribe', 'unsubscribe', 'profile', 'cleaned', 'upemail']);

const OK: WebhookAnswer = { status: 200, body: 'ok' };
const UNAUTHORIZED: WebhookAnswer = { status: 401, body: 'wrong secret' };
const MALFORMED: WebhookAnswer = { status: 400, body: 'not a webhook of Mailchimp' };
const TOO_LARGE: WebhookAnswer = { status: 413, body: 'too large' };

interface Receiver {
  readonly settings: Settings;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: (text: string) => void;
}

/** A list webhook: checked, and written to the inbox before it is answered. Mailchimp validates the URL by GET. */
export async function receiveWebhook({ settings, store, clock, log }: Receiver, request: WebhookRequest): Promise<WebhookAnswer> {
  const secrets = [...settings.audiences.values()].map((audience) => audience.webhookSecret);
  if (request.method === 'GET') return OK;
  if (!isOneOf(request.query['secret'], secrets)) return UNAUTHORIZED;
  const body = readBody(request);
  if (body.kind === 'too_large') return TOO_LARGE;
  const webhook = body.kind === 'body' ? readListWebhook(body.fields) : null;
  if (!webhook) return MALFORMED;
  const audience = settings.audiences.get(webhook.listId);
  if (!audience || !TYPES.has(webhook.type)) {
    log(`webhook "${TYPES.has(webhook.type) ? 'of an audience that is not in the settings' : 'of a type that changes nothing here'}" answered and left out`);
    return OK;
  }
  if (!isOneOf(request.query['secret'], [audience.webhookSecret])) return UNAUTHORIZED;
  if (webhook.email === null) return MALFORMED;
  await store.receive({ ...entryOf(webhook), receivedAt: clock.now() });
  return { ...OK, listId: webhook.listId };
}

/** A batch webhook: only the batch's id is taken from it; its results are asked for at Mailchimp. */
export async function receiveBatchWebhook({ settings }: Receiver, request: WebhookRequest): Promise<WebhookAnswer & { readonly batchId?: BatchId }> {
  if (request.method === 'GET') return OK;
  if (!isOneOf(request.query['secret'], [...settings.accounts.values()].map((account) => account.batchWebhookSecret))) return UNAUTHORIZED;
  const body = readBody(request);
  if (body.kind === 'too_large') return TOO_LARGE;
  const id = body.kind === 'body' ? readBatchWebhook(body.fields) : null;
  return id === null ? MALFORMED : { ...OK, batchId: batchId(id) };
}

function isOneOf(given: unknown, secrets: readonly (string | null)[]): boolean {
  if (typeof given !== 'string') return false;
  let found = false;
  for (const secret of secrets) if (secret !== null && constantTimeEqual(given, secret)) found = true;
  return found;
}

const entryOf = (webhook: ListWebhook) => ({
  listId: webhook.listId,
  type: webhook.type,
  firedAt: webhook.firedAt,
  key: `${webhook.type} ${webhook.dataId || webhook.email} ${webhook.firedAt}`,
  email: webhook.email,
  payload: { oldEmail: webhook.oldEmail, action: webhook.action, reason: webhook.reason },
});
