import type { NodeAPI } from 'node-red';
import { registerStage } from '../lib/stage-node.ts';

/** Lets go of contacts that are gone. */
export default function (RED: NodeAPI): void {
  registerStage(RED, 'mailchimpsync-remove-invalid', 'removeInvalid');
}
