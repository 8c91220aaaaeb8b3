import { readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { NodeAPI } from 'node-red';
import { loadFlow, type FlowNode, type Initializer } from './flow.ts';

const root = join(import.meta.dirname, '../../..');
const core = createRequire(createRequire(import.meta.url).resolve('node-red'));
const CORE_NODES = ['common/20-inject', 'common/21-debug', 'common/90-comment', 'function/10-function', 'function/10-switch', 'function/89-delay', 'network/21-httpin', 'network/21-httprequest'];
const STAGE_FOLDERS = ['fetch', 'remove-invalid', 'populate', 'create-contacts', 'clean-duplicates', 'add-civi-only', 'identify-changes', 'data-hooks', 'reconcile', 'submit'];
const FOLDERS = ['start', ...STAGE_FOLDERS, 'hook-return', 'batch-handler', 'webhook', 'control', 'simulator'];

export const readFlow = (...path: readonly string[]): readonly FlowNode[] => JSON.parse(readFileSync(join(root, ...path), 'utf8')) as FlowNode[];

/** Core nodes and ours, as Node-RED would load them; not the configuration node. */
async function initializers(): Promise<readonly Initializer[]> {
  const ours = await Promise.all(FOLDERS.map(async (folder) => ((await import(`../../../nodes/${folder}/${folder}.ts`)) as { default: Initializer }).default));
  return [...ours, ...CORE_NODES.map((file) => core(`@node-red/nodes/core/${file}.js`) as Initializer)];
}

/** An address at which the http in nodes of the flow that is loaded answer. */
export class FlowServer {
  #app: RequestListener | null = null;
  #server: Server | null = null;

  /** `listener` stands between the server and what the flow serves. */
  async listen(listener: (app: RequestListener) => RequestListener = (app) => app): Promise<string> {
    const app: RequestListener = (request, response) => this.#app?.(request, response);
    const server = createServer(listener(app));
    this.#server = server;
    await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    const server = this.#server;
    server?.closeAllConnections();
    if (server) await new Promise((resolve) => { server.close(resolve); });
  }

  /**
   * Loads the reference flow with its schedules off and helper nodes in place of its debug nodes.
   * @param config the configuration node's implementation
   * @param changes to nodes by id, and nodes that the flow does not have
   */
  async load(config: Initializer, settings: string, secrets: string, changes: Readonly<Record<string, object>> = {}): Promise<void> {
    const serve = (RED: NodeAPI): void => {
      this.#app = RED.httpNode as unknown as RequestListener;
    };
    const flow = readFlow('flows', 'reference-flow.json');
    const more = Object.entries(changes).filter(([id]) => !flow.some((node) => node.id === id)).map(([id, node]) => ({ z: 'sync', ...node, id }) as unknown as FlowNode);
    const nodes = [...flow.map((node) => ({ ...node, ...changes[node.id] })), ...more].map((node): FlowNode => {
      if (node.type === 'mailchimpsync-config') return { ...node, settings };
      if (node.type === 'inject') return { ...node, repeat: '', crontab: '', once: false };
      return node.type === 'debug' ? { ...node, type: 'helper' } : node;
    });
    const configNode = nodes.find(({ type }) => type === 'mailchimpsync-config');
    await loadFlow([config, serve, ...(await initializers())], nodes, { [configNode?.id ?? '']: { secrets } });
  }
}
