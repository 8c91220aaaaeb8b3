import { Ajv } from 'ajv';
import { Type, type Static } from 'typebox';

import type { Instant } from '../base/clock.ts';
import { emailAddress, listId, type EmailAddress, type ListId } from '../base/ids.ts';
import type { WebhookRequest } from './engine.ts';

/** A list webhook, read. https://mailchimp.com/developer/marketing/guides/sync-audience-data-webhooks/ */
export interface ListWebhook {
  readonly type: string;
  readonly firedAt: Instant;
  readonly listId: ListId;
  /** Mailchimp's id of the member in webhooks: ten hex digits, not its hash (facts/mailchimp.md). */
  readonly dataId: string;
  /** '' for a member that has none (SMS only); null where it is missing. */
  readonly email: EmailAddress | null;
  /** `upemail` only. */
  readonly oldEmail: EmailAddress | null;
  readonly action: string | null;
  readonly reason: string | null;
}

const text = Type.String({ maxLength: 1000 });
/** Ten hex digits, as far as is known. */
const memberId = Type.String({ maxLength: 64 });
/** An address has 64 bytes before the @ and 255 behind it at most (RFC 5321, 4.5.3.1); the inbox's keys rely on it. */
const LONGEST_ADDRESS = 320;
const listWebhookSchema = Type.Object({
  type: text,
  fired_at: Type.String({ pattern: String.raw`^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$` }),
  data: Type.Object({
    list_id: text,
    id: Type.Optional(memberId),
    email: Type.Optional(text),
    new_id: Type.Optional(memberId),
    new_email: Type.Optional(text),
    old_email: Type.Optional(text),
    action: Type.Optional(text),
    reason: Type.Optional(text),
  }),
});
const batchWebhookSchema = Type.Object({ type: Type.Literal('batch_operation_completed'), data: Type.Object({ id: Type.String({ pattern: '^[0-9a-zA-Z]{1,64}$' }) }) });

const ajv = new Ajv();
const isListWebhook = ajv.compile<Static<typeof listWebhookSchema>>(listWebhookSchema);
const isBatchWebhook = ajv.compile<Static<typeof batchWebhookSchema>>(batchWebhookSchema);

/** The largest body that is read: Mailchimp's webhooks are a few KB. */
export const MAX_BODY = 256 * 1024;

export type ReadBody = { readonly kind: 'body'; readonly fields: unknown } | { readonly kind: 'malformed' } | { readonly kind: 'too_large' };

/** The form fields of a webhook's body, nested: parsed already by `http in`, flat `data[id]` keys, or raw. */
export function readBody({ body, headers }: WebhookRequest): ReadBody {
  if (Number(headers['content-length'] ?? 0) > MAX_BODY) return { kind: 'too_large' };
  if (typeof body === 'string' || body instanceof Uint8Array) {
    if (body.length > MAX_BODY) return { kind: 'too_large' };
    const raw = typeof body === 'string' ? body : Buffer.from(body).toString('utf8');
    return { kind: 'body', fields: nested(new URLSearchParams(raw).entries()) };
  }
  if (typeof body !== 'object' || body === null) return { kind: 'malformed' };
  return { kind: 'body', fields: nested(Object.entries(body)) };
}

/** A list webhook's fields; null when they are not one. */
export function readListWebhook(fields: unknown): ListWebhook | null {
  if (!isListWebhook(fields)) return null;
  const { type, fired_at: firedAt, data } = fields;
  const at = Date.parse(`${firedAt.replace(' ', 'T')}Z`);
  const email = data.new_email ?? data.email;
  if (Number.isNaN(at) || [email, data.old_email].some((address) => Buffer.byteLength(address ?? '') > LONGEST_ADDRESS)) return null;
  return {
    type,
    firedAt: at,
    listId: listId(data.list_id),
    dataId: data.new_id ?? data.id ?? '',
    email: email === undefined ? null : emailAddress(email),
    oldEmail: data.old_email === undefined ? null : emailAddress(data.old_email),
    action: data.action ?? null,
    reason: data.reason ?? null,
  };
}

/** The id of the batch that a batch webhook announces; null when it is none. */
export const readBatchWebhook = (fields: unknown): string | null => (isBatchWebhook(fields) ? fields.data.id : null);

/** `data[merges][FNAME]` → nested objects; values that are objects already stay. Keys that would reach a prototype are left out. */
function nested(entries: Iterable<readonly [string, unknown]>): Readonly<Record<string, unknown>> {
  const root: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const [key, value] of entries) {
    const path = key.split(/[[\]]+/).filter((part) => part !== '');
    if (path.length === 0 || path.length > 6 || path.includes('__proto__')) continue;
    let at = root;
    for (const part of path.slice(0, -1)) {
      const next = at[part];
      if (typeof next === 'object' && next !== null) at = next as Record<string, unknown>;
      else at = at[part] = Object.create(null) as Record<string, unknown>;
    }
    at[path.at(-1)!] = value;
  }
  return root;
}
