import RED from 'node-red';

/** A node as it concerns people. */
export interface WatchedNode {
  readonly id: string;
  readonly type: string;
  readonly name: string;
}

export interface NodeWatcher {
  /** A node shows something beside itself in the editor. */
  status?(node: WatchedNode, text: string): void;
  /** A node sends a message; `output` counts from 0. Only outputs with a wire are told. */
  sent?(node: WatchedNode, output: number, message: Readonly<Record<string, unknown>>): void;
  /** A node ended its work on a message with an error. */
  failed?(node: WatchedNode, error: unknown, message: Readonly<Record<string, unknown>>): void;
}

/** What is used of a running node, which is what `createNode` made of it: https://nodered.org/docs/creating-nodes/node-js */
export interface RunningNode {
  readonly id: string;
  readonly type: string;
  readonly name?: string;
  receive(message: Record<string, unknown>): void;
}

export const nodeById = (id: string): RunningNode | null => (RED.nodes as { getNode(id: string): RunningNode | null }).getNode(id);

const watched = ({ id, type, name }: RunningNode): WatchedNode => ({ id, type, name: name ?? '' });

/** Events of the messaging hooks: https://nodered.org/docs/api/hooks/messaging/ */
interface SendEvent {
  readonly msg: Record<string, unknown>;
  readonly source: { readonly node: RunningNode; readonly port: number };
}
interface CompleteEvent {
  readonly msg: Record<string, unknown>;
  readonly node: { readonly node: RunningNode };
  readonly error?: unknown;
}

/** Watchers are told apart by the label of their hooks. */
let watchers = 0;

/** Tells a watcher what nodes do, from Node-RED's events and messaging hooks, until the function returned is called. */
export const watchNodes = (watcher: NodeWatcher): (() => void) => {
  const onStatus = ({ id, status }: { id: string; status?: { text?: unknown } }): void => {
    const node = nodeById(id);
    if (node !== null && typeof status?.text === 'string') watcher.status?.(watched(node), status.text);
  };
  const hooks = RED.hooks as unknown as { add(name: string, handler: (event: never) => void): void; remove(name: string): void };
  watchers += 1;
  const label = `watcher${watchers}`;
  RED.events.on('node-status', onStatus);
  hooks.add(`onSend.${label}`, (events: readonly SendEvent[]) => {
    for (const { msg, source } of events) watcher.sent?.(watched(source.node), source.port, msg);
  });
  hooks.add(`onComplete.${label}`, ({ msg, node, error }: CompleteEvent) => {
    if (error !== undefined && error !== null) watcher.failed?.(watched(node.node), error, msg);
  });
  return () => {
    RED.events.off('node-status', onStatus);
    hooks.remove(`*.${label}`);
  };
};
