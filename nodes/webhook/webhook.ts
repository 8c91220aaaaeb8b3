import type { Node, NodeAPI } from 'node-red';
import type { EngineUserDefinition } from '../lib/engine-node.ts';
import { HttpExchange, isHttp, webhookRequest } from '../lib/http-exchange.ts';
import { handleInputs, type Work } from '../lib/input-handler.ts';
import { OneAtATime } from '../lib/one-at-a-time.ts';

/**
 * Takes Mailchimp's list webhooks from an http in node: stores them, answers, and then handles what waits.
 * A message without a request handles what waits.
 */
export default function (RED: NodeAPI): void {
  RED.nodes.registerType('mailchimpsync-webhook', function webhookNode(this: Node, definition: EngineUserDefinition) {
    RED.nodes.createNode(this, definition);
    const http = new HttpExchange();
    const turns = new OneAtATime();
    handleInputs(RED, this, definition, {
      handle: async (work) => {
        if (isHttp(work.message) && !(await receive(http, work))) return;
        await turns.run(() => handleInbox(work), true);
      },
      failed: (message, send) => http.unavailable(message, send),
    });
  });
}

/** Stores and answers a webhook; true when there is something to handle. */
async function receive(http: HttpExchange, { engine, message, status, send, warn }: Work): Promise<boolean> {
  const answer = await engine.receiveWebhook(webhookRequest(message));
  http.answer(message, answer, send);
  if (answer.status !== 200) {
    // No error: whoever knows the address could make a flow send alerts.
    status.attention('refused', { status: String(answer.status) });
    warn(`A webhook was refused with status ${answer.status}: ${answer.body}`);
    return false;
  }
  if (answer.listId === undefined) status.idle('answered');
  return answer.listId !== undefined;
}

async function handleInbox({ engine, status, signal, send }: Work): Promise<void> {
  status.working('handling');
  const counts = await engine.handleInbox({ signal });
  status.done('done');
  // The message that came in belongs to the HTTP answer.
  send([{ payload: counts }, null]);
}
