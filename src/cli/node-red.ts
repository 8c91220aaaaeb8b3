import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import RED from 'node-red';
import { MAX_BODY } from '../sync/webhook-request.ts';
import { limitBody } from './body-limit.ts';
import { nodeById, watchNodes } from './node-watch.ts';
import type { NodeWatcher } from './node-watch.ts';

/** A node of a flow as it stands in a flow file. */
export interface FlowNode {
  readonly id: string;
  readonly type: string;
  readonly [property: string]: unknown;
}

/** A set of nodes (one `.js` and its `.html`) as Node-RED loaded it. */
interface NodeSet {
  /** Module and name in the package's `node-red.nodes`. */
  readonly id: string;
  readonly module: string;
  readonly types: readonly string[];
  /** Why it could not be loaded. */
  readonly error: string | null;
}

export interface NodeRedOptions {
  readonly userDirectory: string;
  /** File name in the user directory. */
  readonly flowFile: string;
  /** Folder of a package whose nodes are loaded beside those installed in the user directory. */
  readonly packageFolder?: string;
  /** The first port tried; the next free one is taken. 0: any free port. */
  readonly port: number;
  /** Called for each warning and error of Node-RED and of the nodes. */
  readonly log: (line: NodeRedLogLine) => void;
}

interface NodeRedLogLine {
  readonly level: 'warning' | 'error';
  readonly text: string;
  /** Type and name of the node that said it; null for Node-RED itself. */
  readonly node: string | null;
}

/** Node-RED in this process, on 127.0.0.1 only; one at a time. */
export interface NodeRed {
  readonly port: number;
  readonly nodeSets: readonly NodeSet[];
  /** What the flow file held when it was loaded; its flows wait for `deploy`. */
  flows(): Promise<readonly FlowNode[]>;
  /** Writes these flows (credentials in their nodes are taken into Node-RED's credential store) and starts them. */
  deploy(nodes: readonly FlowNode[]): Promise<void>;
  /** The running node, as its implementation made it; null: there is none. */
  node(id: string): unknown;
  /** Hands a message to a running node, as a wire would. */
  receive(id: string, message: Readonly<Record<string, unknown>>): void;
  /** Tells what nodes do, until the function returned is called. */
  watch(watcher: NodeWatcher): () => void;
  stop(): Promise<void>;
}

const HOST = '127.0.0.1';
/** Levels of @node-red/util's log: https://nodered.org/docs/user-guide/runtime/logging */
const ERROR_LEVEL = 20;

/**
 * Starts Node-RED with the flows standing still (its safe mode), so that they can be looked at and completed before `deploy`.
 * Nothing is sent home and nothing is installed: no telemetry, no tours, no palette catalogues, no automatic installation.
 */
export const startNodeRed = async (options: NodeRedOptions): Promise<NodeRed> => {
  const server = createServer();
  const port = await listen(server, options.port);
  RED.init(server, settingsOf(options, port));
  const loaded = flowsLoaded();
  await RED.start();
  server.on('request', requestListener());
  await loaded;
  const nodeSets = (await RED.runtime.nodes.getNodeList({})).map(readNodeSet);
  return {
    port,
    nodeSets,
    flows: async () => (await RED.runtime.flows.getFlows({})).flows as FlowNode[],
    deploy,
    node: nodeById,
    receive: (id, message) => nodeById(id)?.receive({ ...message }),
    watch: watchNodes,
    stop: async () => {
      await RED.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};

const settingsOf = (options: NodeRedOptions, port: number): Parameters<typeof RED.init>[1] => {
  const settings = {
    userDir: options.userDirectory,
    flowFile: options.flowFile,
    ...(options.packageFolder === undefined ? {} : { nodesDir: options.packageFolder }),
    uiHost: HOST,
    uiPort: port,
    httpAdminRoot: '/',
    httpNodeRoot: '/',
    safeMode: true,
    telemetry: { enabled: false, updateNotification: false },
    externalModules: {
      autoInstall: false,
      palette: { allowInstall: false, allowUpload: false },
      modules: { allowInstall: false },
    },
    editorTheme: { tours: false, projects: { enabled: false }, palette: { catalogues: [] } },
    logging: { lines: { level: 'warn', metrics: false, audit: false, handler: () => logHandler(options.log) } },
  };
  return settings as Parameters<typeof RED.init>[1];
};

/** What Node-RED says at every start and asks nothing of who runs this, by its keys in Node-RED's catalogue of texts. */
const REMINDERS = ['storage.localfilesystem.projects.disabled', 'nodes.credentials.encryptedNotFound', 'nodes.credentials.system-key-warning'];

const isReminder = (text: string): boolean => REMINDERS.some((key) => (RED.log as unknown as { _(key: string): string })._(key) === text);

const logHandler =
  (log: NodeRedOptions['log']) =>
  (entry: { level: number; msg: unknown; type?: string; name?: string; id?: string }): void => {
    const text = entry.msg instanceof Error ? entry.msg.message : String(entry.msg);
    if (isReminder(text)) return;
    const node = entry.type === undefined ? null : `${entry.type}${entry.name === undefined ? '' : ` "${entry.name}"`}`;
    log({ level: entry.level <= ERROR_LEVEL ? 'error' : 'warning', text: text.trim(), node });
  };

/** The editor and its API first, then what `http in` nodes serve, bodies of up to 256 KB; both are Express applications, and so request listeners. */
const requestListener = (): RequestListener => {
  type Application = (request: IncomingMessage, response: ServerResponse, next?: () => void) => void;
  const admin = RED.httpAdmin as unknown as Application;
  const nodes = RED.httpNode as unknown as Application;
  return (request, response) => admin(request, response, () => limitBody(request, response, MAX_BODY, () => nodes(request, response)));
};

const listen = async (server: Server, first: number): Promise<number> => {
  for (let port = first; ; port += 1) {
    try {
      await listenOn(server, port);
      return (server.address() as AddressInfo).port;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE' || port >= first + 100) throw error;
    }
  }
};

const listenOn = (server: Server, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, HOST, () => {
      server.off('error', reject);
      resolve();
    });
  });

/**
 * `RED.start` resolves before the flow file is read; the state `safe`, or what else keeps the flows from starting, says
 * when it is. The event comes once before, without a payload, to take away an older state.
 */
const flowsLoaded = (): Promise<void> =>
  new Promise((resolve) => {
    const listener = (event: { id: string; payload?: unknown }): void => {
      if (event.id !== 'runtime-state' || event.payload === undefined) return;
      RED.events.off('runtime-event', listener);
      resolve();
    };
    RED.events.on('runtime-event', listener);
  });

const deploy = async (nodes: readonly FlowNode[]): Promise<void> => {
  const started = new Promise<void>((resolve, reject) => {
    const stopListening = (): void => {
      RED.events.off('flows:started', onStarted);
      RED.events.off('runtime-event', onState);
    };
    const onStarted = (): void => {
      stopListening();
      resolve();
    };
    const onState = (event: { id: string; payload?: { error?: string; types?: string[]; modules?: { module: string }[] } }): void => {
      if (event.id !== 'runtime-state' || event.payload?.error === undefined) return;
      stopListening();
      const missing = event.payload.types ?? event.payload.modules?.map(({ module }) => module) ?? [];
      reject(new Error(`Node-RED cannot run the flow: ${event.payload.error} ${missing.join(', ')}`.trim()));
    };
    RED.events.on('flows:started', onStarted);
    RED.events.on('runtime-event', onState);
  });
  const flows = { flows: nodes.map((node) => ({ ...node })) } as unknown as Parameters<typeof RED.runtime.flows.setFlows>[0]['flows'];
  await Promise.all([RED.runtime.flows.setFlows({ flows }), started]);
};

const readNodeSet = (set: object): NodeSet => {
  const { id, module, types, err } = set as { id: string; module: string; types: string[]; err?: Error | string };
  return { id, module, types, error: err === undefined ? null : err instanceof Error ? err.message : err };
};
