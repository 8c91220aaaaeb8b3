import type { NodeAPI } from 'node-red';
import { launchSimulators } from '../../src/simulator/launch.ts';
import { registerSimulatorNode } from './simulator-node.ts';

/** A local Mailchimp and CiviCRM for trying out. */
export default function (RED: NodeAPI): void {
  registerSimulatorNode(RED, launchSimulators);
}
