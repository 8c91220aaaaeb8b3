import type { NodeAPI } from 'node-red';
import { registerStage } from '../lib/stage-node.ts';

/** Takes in who is in the group and not at Mailchimp. */
export default function (RED: NodeAPI): void {
  registerStage(RED, 'mailchimpsync-add-civi-only', 'addCiviOnly');
}
