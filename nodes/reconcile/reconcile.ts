import type { NodeAPI } from 'node-red';
import { registerStage } from '../lib/stage-node.ts';

/** Decides, and writes to CiviCRM. */
export default function (RED: NodeAPI): void {
  registerStage(RED, 'mailchimpsync-reconcile', 'reconcile');
}
