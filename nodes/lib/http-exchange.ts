import type { NodeMessage, NodeMessageInFlow } from 'node-red';
import { SyncError } from '../../src/base/errors.ts';
import type { WebhookAnswer, WebhookRequest } from '../../src/sync/engine.ts';
import type { Outgoing } from './input-handler.ts';

type Fields = Readonly<Record<string, unknown>>;

const fields = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});

/** Whether a message comes from an http in node and waits for an answer. */
export const isHttp = (message: NodeMessage): boolean => typeof message['req'] === 'object' && message['req'] !== null;

/** The request of a message from an http in node. Throws `message_invalid` when it is none. */
export function webhookRequest(message: NodeMessage): WebhookRequest {
  const { method, query, body, headers } = fields(message['req']);
  if (typeof method !== 'string') throw new SyncError('message_invalid', 'msg.req is not a request: wire this node behind an http in node.');
  return { method, query: fields(query), headers: fields(headers), body };
}

/** Answers each HTTP message once, by the second output, where an http response node waits. */
export class HttpExchange {
  readonly #answered = new WeakSet<NodeMessage>();

  answer(message: NodeMessageInFlow, { status, body }: Pick<WebhookAnswer, 'body'> & { readonly status: number }, send: (outgoing: Outgoing) => void): void {
    if (!isHttp(message) || this.#answered.has(message)) return;
    this.#answered.add(message);
    send([null, Object.assign(message, { statusCode: status, headers: { 'content-type': 'text/plain; charset=utf-8' }, payload: body })]);
  }

  /** The caller is to try again later: nothing was stored. */
  unavailable(message: NodeMessageInFlow, send: (outgoing: Outgoing) => void): void {
    this.answer(message, { status: 503, body: 'Try again later' }, send);
  }
}
