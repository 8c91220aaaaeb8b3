import type { NodeAPI } from 'node-red';
import { registerStage } from '../lib/stage-node.ts';

/** Makes contacts for members whom CiviCRM does not know. */
export default function (RED: NodeAPI): void {
  registerStage(RED, 'mailchimpsync-create-contacts', 'createContacts');
}
