import type { NodeAPI } from 'node-red';
import { registerStage } from '../lib/stage-node.ts';

/** Reads what changed in CiviCRM. */
export default function (RED: NodeAPI): void {
  registerStage(RED, 'mailchimpsync-identify-changes', 'identifyChanges');
}
