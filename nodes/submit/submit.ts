import type { NodeAPI } from 'node-red';
import { registerStage } from '../lib/stage-node.ts';

/** Sends to Mailchimp. */
export default function (RED: NodeAPI): void {
  registerStage(RED, 'mailchimpsync-submit', 'submit');
}
