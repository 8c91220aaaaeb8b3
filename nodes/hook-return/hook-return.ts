import type { Node, NodeAPI, NodeDef, NodeMessageInFlow } from 'node-red';
import { codeOf, SyncError } from '../../src/base/errors.ts';
import { catchableError } from '../lib/catchable-error.ts';
import { StatusDisplay } from '../lib/node-status.ts';
import { openQuestions } from '../lib/open-questions.ts';

/** The question that a message is about; throws `message_invalid` for one that is none of a hook's. */
function questionOf(message: NodeMessageInFlow): string {
  const hook: unknown = message['hook'];
  const id: unknown = typeof hook === 'object' && hook !== null ? (hook as Readonly<Record<string, unknown>>)['id'] : undefined;
  if (typeof id === 'string') return id;
  throw new SyncError('message_invalid', 'msg.hook.id is missing: a hook return node takes the messages that left a data hooks node, with msg.hook as it was.');
}

/** What a catch node says of an error on the way; undefined where there was none. */
function failureOf(message: NodeMessageInFlow): string | undefined {
  const error: unknown = message['error'];
  if (typeof error !== 'object' || error === null) return undefined;
  const text: unknown = (error as Readonly<Record<string, unknown>>)['message'];
  return typeof text === 'string' ? text : 'without saying why';
}

/** Ends a hook's branch: what comes here goes back to the data hooks node that asked. */
export default function (RED: NodeAPI): void {
  RED.nodes.registerType('mailchimpsync-hook-return', function hookReturn(this: Node, definition: NodeDef) {
    RED.nodes.createNode(this, definition);
    const status = new StatusDisplay(RED, this);
    this.on('input', (message, _send, done) => {
      try {
        const failure = failureOf(message);
        if (failure === undefined) openQuestions.answer(questionOf(message), message.payload);
        else openQuestions.fail(questionOf(message), failure);
        status.done('done');
        done();
      } catch (error) {
        status.failed(codeOf(error));
        done(catchableError(error, (text) => text));
      }
    });
  });
}
