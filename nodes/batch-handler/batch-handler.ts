import type { Node, NodeAPI } from 'node-red';
import type { BatchId } from '../../src/base/ids.ts';
import type { EngineUserDefinition } from '../lib/engine-node.ts';
import { HttpExchange, isHttp, webhookRequest } from '../lib/http-exchange.ts';
import { handleInputs, type Work } from '../lib/input-handler.ts';
import { OneAtATime } from '../lib/one-at-a-time.ts';

/** Settles the results of batches: of the one that a batch webhook announces, or, with any other message, of all that are open. */
export default function (RED: NodeAPI): void {
  RED.nodes.registerType('mailchimpsync-batch-handler', function batchHandlerNode(this: Node, definition: EngineUserDefinition) {
    RED.nodes.createNode(this, definition);
    const http = new HttpExchange();
    const polls = new OneAtATime();
    handleInputs(RED, this, definition, {
      handle: (work) => (isHttp(work.message) ? announced(http, work) : poll(polls, work)),
      failed: (message, send) => http.unavailable(message, send),
    });
  });
}

async function announced(http: HttpExchange, work: Work): Promise<void> {
  const { engine, message, status, send, warn } = work;
  const { batchId, ...answer } = await engine.receiveBatchWebhook(webhookRequest(message));
  http.answer(message, answer, send);
  if (answer.status !== 200) {
    // No error: whoever knows the address could make a flow send alerts.
    status.attention('refused', { status: String(answer.status) });
    warn(`A batch webhook was refused with status ${answer.status}: ${answer.body}`);
    return;
  }
  if (batchId === undefined) status.idle('answered');
  else await settle(work, batchId);
}

async function poll(polls: OneAtATime, work: Work): Promise<void> {
  const ran = await polls.run(() => settle(work), false);
  if (!ran) work.status.working('polling');
}

async function settle({ engine, message, status, signal, send }: Work, batchId?: BatchId): Promise<void> {
  status.working('settling');
  const counts = await engine.handleBatches({ signal, ...(batchId === undefined ? {} : { batchId }) });
  if ((counts['webhookProblems'] ?? 0) > 0) status.attention('webhooks');
  else status.done('done');
  // The message of a webhook belongs to the HTTP answer.
  send([isHttp(message) ? { payload: counts } : Object.assign(message, { payload: counts }), null]);
}
