import type { NodeAPI } from 'node-red';
import { registerStage } from '../lib/stage-node.ts';

/** Reads what changed at Mailchimp. */
export default function (RED: NodeAPI): void {
  registerStage(RED, 'mailchimpsync-fetch', 'fetch');
}
