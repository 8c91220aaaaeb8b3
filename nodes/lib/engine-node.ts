import type { Node, NodeAPI, NodeDef } from 'node-red';
import { SyncError } from '../../src/base/errors.ts';
import type { Settings } from '../../src/settings/settings.ts';
import type { Engine } from '../../src/sync/engine.ts';

/** What the other nodes see of the configuration node. */
export interface EngineNode extends Node {
  /** null when they cannot be used. */
  readonly settings: Settings | null;
  /** What is wrong with the settings; null when they are valid. */
  readonly problem: SyncError | null;
  /**
   * Opens the engine, which all nodes of this configuration share, and works with it. `signal` aborts when the caller's
   * does or when the configuration closes; that waits for the work to end. Throws `problem`, and what opening throws.
   */
  work<Result>(signal: AbortSignal, action: (engine: Engine, signal: AbortSignal) => Promise<Result>): Promise<Result>;
  /** Keeps a secret that Mailchimp gave among the credentials, and where it outlives a restart before the next deployment; null: it is gone. */
  keepSecret(name: string, secret: string | null): Promise<void>;
  /** The text without anything secret that the settings hold. */
  redact(text: string): string;
}

/** Definition of a node that works with the engine. */
export interface EngineUserDefinition extends NodeDef {
  /** Id of the configuration node. */
  readonly config: string;
}

const isEngineNode = (node: Node | null | undefined): node is EngineNode => typeof (node as Partial<EngineNode> | null | undefined)?.work === 'function';

/** The configuration node of this id; null when there is none or it is disabled. */
export function findEngineNode(RED: NodeAPI, id: string): EngineNode | null {
  const node = RED.nodes.getNode(id);
  return isEngineNode(node) ? node : null;
}

/** The same; throws `settings_invalid` when there is none. */
export function engineNode(RED: NodeAPI, id: string): EngineNode {
  const node = findEngineNode(RED, id);
  if (node !== null) return node;
  throw new SyncError('settings_invalid', 'No configuration is chosen for this node, or it is disabled: choose one in the dialog of the node and deploy.');
}
