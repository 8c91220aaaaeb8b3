import type { NodeAPI } from 'node-red';
import { registerStage } from '../lib/stage-node.ts';

/** Joins rows of the same contact. */
export default function (RED: NodeAPI): void {
  registerStage(RED, 'mailchimpsync-clean-duplicates', 'cleanDuplicates');
}
