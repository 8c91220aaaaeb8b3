import type { NodeAPI } from 'node-red';
import { registerStage } from '../lib/stage-node.ts';

/** Place of the hooks for names, tags and merge fields. */
export default function (RED: NodeAPI): void {
  registerStage(RED, 'mailchimpsync-data-hooks', 'dataHooks');
}
