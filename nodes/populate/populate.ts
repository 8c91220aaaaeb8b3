import type { NodeAPI } from 'node-red';
import { registerStage } from '../lib/stage-node.ts';

/** Finds the contact of each address. */
export default function (RED: NodeAPI): void {
  registerStage(RED, 'mailchimpsync-populate', 'populate');
}
