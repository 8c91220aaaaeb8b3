import type { Node, NodeAPI, NodeDef, NodeMessageInFlow } from 'node-red';
import { codeOf, SyncError } from '../../src/base/errors.ts';
import { catchableError } from '../lib/catchable-error.ts';
import { StatusDisplay } from '../lib/node-status.ts';
import { openQuestions } from '../lib/open-questions.ts';

type Fields = Readonly<Record<string, unknown>>;

const fields = (value: unknown): Fields | undefined => (typeof value === 'object' && value !== null ? (value as Fields) : undefined);

/** The question that a message is about; throws `message_invalid` for one that is none of a hook's. */
function questionOf(message: NodeMessageInFlow): string {
  const id = fields(message['hook'])?.['id'];
  if (typeof id === 'string') return id;
  throw new SyncError('message_invalid', 'msg.hook.id is missing: a hook return node takes the messages that left a data hooks node, with msg.hook as it was.');
}

/** What a catch node says of an error on the way, and where it happened; undefined where there was none. */
function failureOf(message: NodeMessageInFlow): { readonly text: string; readonly node: unknown } | undefined {
  const error = fields(message['error']);
  if (!error) return undefined;
  const text = error['message'];
  return { text: typeof text === 'string' ? text : 'without saying why', node: fields(error['source'])?.['id'] };
}

/** Ends a hook's branch: what comes here goes back to the data hooks node that asked. */
export default function (RED: NodeAPI): void {
  RED.nodes.registerType('mailchimpsync-hook-return', function hookReturn(this: Node, definition: NodeDef) {
    RED.nodes.createNode(this, definition);
    const status = new StatusDisplay(RED, this);
    this.on('input', (message, _send, done) => {
      const failure = failureOf(message);
      if (failure?.node === this.id) return done(); // our own error, brought back by a catch node for the whole tab
      try {
        if (failure) openQuestions.fail(questionOf(message), failure.text);
        else openQuestions.answer(questionOf(message), message.payload);
        status.done('done');
        done();
      } catch (error) {
        status.failed(codeOf(error));
        done(catchableError(error, (text) => text));
      }
    });
  });
}
