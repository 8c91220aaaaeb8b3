import { constantTimeEqual } from '../base/secrets.ts';
import { batchId, type BatchId, type ListId } from '../base/ids.ts';
import type { Clock, Instant } from '../base/clock.ts';
import type { AudienceSettings, Settings } from '../settings/settings.ts';
import type { Store } from '../store/store.ts';
import type { WebhookAnswer, WebhookRequest } from './engine.ts';
import { readBatchWebhook, readBody, readListWebhook, type ListWebhook } from './webhook-request.ts';
import { SIGNATURE_HEADER, checkSignature, type SignatureCheck } from './webhook-signature.ts';

/** Types that change something here. `campaign` and unknown ones are answered and forgotten. */
const TYPES: ReadonlySet<string> = new Set(['subscribe', 'unsubscribe', 'profile', 'cleaned', 'upemail']);

const OK: WebhookAnswer = { status: 200, body: 'ok' };
const UNAUTHORIZED: WebhookAnswer = { status: 401, body: 'wrong secret' };
const MALFORMED: WebhookAnswer = { status: 400, body: 'not a webhook of Mailchimp' };
const TOO_LARGE: WebhookAnswer = { status: 413, body: 'too large' };

/** What a webhook is received with. */
export interface Receiver {
  readonly settings: Settings;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: (text: string) => void;
  /** The secret with which Mailchimp signs an audience's webhooks; null: they need no signature. */
  readonly signingSecret: (listId: ListId) => string | null;
  /** Now by the clock of an audience's Mailchimp. */
  readonly mailchimpNow: (audience: AudienceSettings) => Instant;
  /** Told of each webhook of a known audience. */
  readonly heard: (audience: AudienceSettings, outcome: 'let_in' | 'signed_in_vain' | 'refused') => void;
}

/** A list webhook: checked, and written to the inbox before it is answered. Mailchimp validates the URL by GET. */
export async function receiveWebhook(receiver: Receiver, request: WebhookRequest): Promise<WebhookAnswer> {
  const { settings, store, clock, log } = receiver;
  const secrets = [...settings.audiences.values()].map((audience) => audience.webhookSecret);
  if (request.method === 'GET') return OK;
  if (!isOneOf(request.query['secret'], secrets)) return UNAUTHORIZED;
  const body = readBody(request);
  if (body.kind === 'too_large') return TOO_LARGE;
  const webhook = body.kind === 'body' ? readListWebhook(body.fields) : null;
  if (!webhook) return MALFORMED;
  const audience = settings.audiences.get(webhook.listId);
  if (!audience) return leftOut(log, 'of an audience that is not in the settings');
  const refusal = refusalOf(receiver, audience, request);
  if (refusal) {
    receiver.heard(audience, 'refused');
    return refusal;
  }
  if (!audience.enabled) return leftOut(log, 'of an audience that is disabled');
  if (!TYPES.has(webhook.type)) return leftOut(log, webhook.type === 'campaign' ? 'of a campaign' : 'of a type that changes nothing here');
  if (webhook.email === null) return MALFORMED;
  receiver.heard(audience, isSignedInVain(receiver, audience, request) ? 'signed_in_vain' : 'let_in');
  if (webhook.email === '') return leftOut(log, 'of a member without an e-mail address');
  await store.receive({ ...entryOf(webhook), receivedAt: clock.now() });
  return { ...OK, listId: webhook.listId };
}

/** A batch webhook: only the batch's id is taken from it; its results are asked for at Mailchimp. */
export async function receiveBatchWebhook({ settings }: Pick<Receiver, 'settings'>, request: WebhookRequest): Promise<WebhookAnswer & { readonly batchId?: BatchId }> {
  if (request.method === 'GET') return OK;
  if (!isOneOf(request.query['secret'], [...settings.accounts.values()].map((account) => account.batchWebhookSecret))) return UNAUTHORIZED;
  const body = readBody(request);
  if (body.kind === 'too_large') return TOO_LARGE;
  const id = body.kind === 'body' ? readBatchWebhook(body.fields) : null;
  return id === null ? MALFORMED : { ...OK, batchId: batchId(id) };
}

/** Nothing that the webhook says is logged: it may be somebody's data. */
function leftOut(log: Receiver['log'], which: string): WebhookAnswer {
  log(`A webhook ${which} was answered and left out.`);
  return OK;
}

/** The secret must be this audience's own, and the signature good where one is asked for. */
function refusalOf({ signingSecret, mailchimpNow }: Receiver, audience: AudienceSettings, request: WebhookRequest): WebhookAnswer | null {
  if (!isOneOf(request.query['secret'], [audience.webhookSecret])) return UNAUTHORIZED;
  const secret = signingSecret(audience.listId);
  if (secret === null) return null;
  const { body } = request;
  if (typeof body !== 'string' && !(body instanceof Uint8Array)) return unsigned('the signature needs the body as it came: tick "do not parse the body" in the http in node');
  const check = checkSignature(secret, request.headers[SIGNATURE_HEADER], body, mailchimpNow(audience));
  return check === 'good' ? null : unsigned(SIGNATURE_PROBLEMS[check]);
}

/** Mailchimp signs, and the secret was lost: it was kept until a restart only. */
const isSignedInVain = ({ signingSecret }: Receiver, { listId, webhookSigning }: AudienceSettings, { headers }: WebhookRequest): boolean =>
  webhookSigning.enabled && signingSecret(listId) === null && headers[SIGNATURE_HEADER] !== undefined;

const unsigned = (body: string): WebhookAnswer => ({ status: 401, body });

const SIGNATURE_PROBLEMS: Readonly<Record<Exclude<SignatureCheck, 'good'>, string>> = {
  missing: 'no signature',
  malformed: 'not a signature',
  old: 'the signature is more than five minutes off',
  wrong: 'wrong signature',
};

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
