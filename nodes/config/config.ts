import type { NodeAPI } from 'node-red';
import { registerConfigNode } from './config-node.ts';
import { openConfigured } from './open-configured.ts';

/** The settings, the secrets, and the one engine that the other nodes share. */
export default function (RED: NodeAPI): void {
  registerConfigNode(RED, openConfigured);
}
