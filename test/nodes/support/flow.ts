import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Node, NodeAPI, NodeMessage, NodeStatus } from 'node-red';
import helper from 'node-red-node-test-helper';
import { registerConfigNode } from '../../../nodes/config/config-node.ts';
import { SHARED_CATALOGUE } from '../../../nodes/lib/texts.ts';
import type { Engine } from '../../../src/sync/engine.ts';

export type Initializer = (RED: NodeAPI) => void;

/** The helper answers promises; its types know callbacks only. */
const server = helper as unknown as { startServer(): Promise<void>; stopServer(): Promise<void> };

/** A node of a flow under test. */
export interface FlowNode {
  readonly id: string;
  readonly type: string;
  readonly [property: string]: unknown;
}

export const SETTINGS = JSON.stringify({
  lists: { aaaaaaaaaa: { subscriptionGroup: '111', apiKey: 'main' }, bbbbbbbbbb: { subscriptionGroup: '112', apiKey: 'main' } },
  accounts: { main: { apiKey: { secret: 'key' }, audiences: { aaaaaaaaaa: { name: 'Newsletter' } } } },
});
export const SECRETS = JSON.stringify({ key: '0123456789abcdef0123456789abcdef-us11' });

/** Starts Node-RED's runtime once for the tests of a file. */
export function useNodeRed(): void {
  before(async () => {
    helper.init(createRequire(import.meta.url).resolve('node-red'));
    await server.startServer();
  });
  afterEach(() => helper.unload());
  after(() => server.stopServer());
}

const shared = JSON.parse(readFileSync(join(import.meta.dirname, '../../../nodes/config/locales/en-US/config.json'), 'utf8')) as object;

/** The runtime's texts; the helper itself gives back keys. */
function translate(key: string, values: Readonly<Record<string, string>> = {}): string {
  const [catalogue, path = ''] = key.split(':');
  if (catalogue !== SHARED_CATALOGUE) return key;
  const text = path.split('.').reduce<unknown>((part, name) => (part as Readonly<Record<string, unknown>> | undefined)?.[name], shared);
  return typeof text === 'string' ? text.replaceAll(/__(\w+?)__/g, (_, name: string) => values[name] ?? '') : key;
}

const withTexts = (initialize: Initializer): Initializer => (RED) => initialize(Object.assign(RED, { _: translate }));

/** An engine of which a test says what it does; anything else is a failure of the test. */
export function engineThat(methods: Partial<Engine>): Engine {
  return new Proxy({ close: () => Promise.resolve(), ...methods } as Engine, {
    get(engine, name, receiver) {
      if (!(name in engine) && name !== 'then') throw new Error(`the test does not expect engine.${String(name)}`);
      return Reflect.get(engine, name, receiver);
    },
  });
}

/** The configuration node over an engine that a test gives. */
export const configOver = (engine: Engine): Initializer => withTexts((RED) => registerConfigNode(RED, (settings) => Promise.resolve(Object.assign(engine, { settings }))));

/**
 * Loads a flow of `node` (id `node`, the node type under test), its configuration, a helper node behind each of its
 * outputs (`out0`, `out1`, …), and `caught` and `completed` behind a catch and a complete node.
 */
export async function load(engine: Engine, initialize: Initializer, node: Omit<FlowNode, 'id'> & { type: string }, { outputs = 1, more = [] as readonly FlowNode[], also = [] as readonly Initializer[] } = {}): Promise<Node> {
  const outs = Array.from({ length: outputs }, (_, index) => `out${index}`);
  const flow: FlowNode[] = [
    { id: 'tab', type: 'tab', label: 'Test' },
    { id: 'config', type: 'mailchimpsync-config', settings: SETTINGS },
    { z: 'tab', config: 'config', wires: outs.map((id) => [id]), ...node, id: 'node' },
    ...outs.map((id) => ({ id, z: 'tab', type: 'helper', wires: [] })),
    { id: 'catcher', z: 'tab', type: 'catch', wires: [['caught']] },
    { id: 'completer', z: 'tab', type: 'complete', scope: ['node'], wires: [['completed']] },
    { id: 'caught', z: 'tab', type: 'helper', wires: [] },
    { id: 'completed', z: 'tab', type: 'helper', wires: [] },
    ...more,
  ];
  await loadFlow([configOver(engine), withTexts(initialize), ...also], flow, { config: { secrets: SECRETS } });
  return helper.getNode('node');
}

/** Loads a flow; `credentials` by node. */
export const loadFlow = (initializers: readonly Initializer[], flow: readonly FlowNode[], credentials: object = {}): Promise<void> =>
  helper.load(initializers.map(withTexts) as never, flow.map(placed), credentials);

/** Node-RED takes a node without a place on its tab for a configuration node. */
const placed = (node: FlowNode): FlowNode => ('z' in node ? { x: 0, y: 0, ...node } : node);

/** The next message that comes to a helper node. */
export const messageAt = (id: string): Promise<NodeMessage> => new Promise((resolve) => helper.getNode(id).on('input', (message) => resolve(message)));

/** All messages that come to a helper node from now on. */
export function messagesAt(id: string): readonly NodeMessage[] {
  const messages: NodeMessage[] = [];
  helper.getNode(id).on('input', (message) => messages.push(message));
  return messages;
}

/** Every status that a node has shown, oldest first. */
export function statusesOf(node: Node): readonly NodeStatus[] {
  const spied = node as unknown as { readonly status: { getCalls(): readonly { thisValue: unknown; args: readonly [NodeStatus] }[] } };
  return spied.status.getCalls().filter((call) => call.thisValue === node).map((call) => call.args[0]);
}

export const lastStatus = (node: Node): NodeStatus | undefined => statusesOf(node).at(-1);

/** Everything that was logged, as text. */
export const logged = (): string => helper.log().args.map(([entry]) => String((entry as { msg: unknown }).msg)).join('\n');

/** A message that has come to every node behind it: the runtime delivers one by `setImmediate`. */
export const delivered = async (): Promise<void> => {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => { setImmediate(resolve); });
};
