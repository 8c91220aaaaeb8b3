import type { Node, NodeAPI } from 'node-red';
import { engineNode, type EngineUserDefinition } from '../lib/engine-node.ts';
import { handleInputs } from '../lib/input-handler.ts';
import { commandFor } from './commands.ts';

interface ControlDefinition extends EngineUserDefinition {
  /** Id of the start node that `run` starts through. */
  readonly start: string;
}

/** Carries out what `msg.topic` says, and answers in `msg.payload`. */
export default function (RED: NodeAPI): void {
  RED.nodes.registerType('mailchimpsync-control', function controlNode(this: Node, definition: ControlDefinition) {
    RED.nodes.createNode(this, definition);
    handleInputs(RED, this, definition, {
      handle: async ({ engine, message, status, signal, send }) => {
        const command = commandFor(message.topic);
        message.payload = await command({
          RED,
          engine,
          sync: message.sync,
          start: definition.start,
          payload: message.payload,
          signal,
          keepSecret: (name, secret) => engineNode(RED, definition.config).keepSecret(name, secret),
        });
        status.done('done');
        send(message);
      },
    });
  });
}
