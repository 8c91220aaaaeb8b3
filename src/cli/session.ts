import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { SyncError } from '../base/errors.ts';
import type { JsonObject } from '../settings/json.ts';
import { moveSecrets } from '../settings/secrets.ts';
import type { LaunchedSimulators } from '../simulator/launch.ts';
import type { EngineNode } from '../../nodes/lib/engine-node.ts';
import type { RunOptions } from './arguments.ts';
import { startNodeRed } from './node-red.ts';
import type { FlowNode, NodeRed } from './node-red.ts';
import type { Progress } from './progress.ts';
import { CONFIG_TYPE, START_TYPE, nodesOfType, withSettings, withStore, withoutSchedules } from './reference-flow.ts';
import { startSimulated } from './services.ts';
import type { Choice, SimulatedServices } from './services.ts';

/** Node-RED with the flow running, and the simulators if there are any. */
export interface Session {
  readonly nodeRed: NodeRed;
  /** The flow's configuration node, with settings that are valid. */
  readonly config: EngineNode;
  /** Id of the start node. */
  readonly start: string;
  readonly simulators: LaunchedSimulators | null;
  readonly userDirectory: string;
  stop(): Promise<void>;
}

const NODE_RED_PORT = 1880;
/** The copy of the flow that `--once` runs. */
const ONCE = 'once';

/** Opens a session. Throws the `SyncError` of settings that are wrong; what was started until then is stopped. */
export const openSession = async (options: RunOptions, choice: Choice, progress: Progress): Promise<Session> => {
  const userDirectory = resolve(options.userDirectory);
  mkdirSync(userDirectory, { recursive: true });
  const flowName = choice.kind === 'own' ? 'flows' : 'simulated-flows';
  if (options.once) copyFlow(userDirectory, flowName);
  const nodeRed = await startNodeRed({
    userDirectory,
    flowFile: `${options.once ? ONCE : flowName}.json`,
    packageFolder: packageFolder(),
    port: options.port ?? (options.once ? 0 : NODE_RED_PORT),
    log: ({ level, text, node }) => progress.problem(`${level}: ${node === null ? '' : `[${node}] `}${text}`),
  });
  let simulated: SimulatedServices | null = null;
  const stop = async (): Promise<void> => {
    await nodeRed.stop();
    await simulated?.simulators.stop();
  };
  try {
    if (choice.kind === 'simulated') {
      simulated = await startSimulated({ userDirectory, people: choice.people, nodeRedUrl: urlOf(nodeRed), webhooks: !options.once });
      progress.line(simulatedText(simulated.simulators, choice.people));
    }
    const flow = await deployFlow(nodeRed, choice.kind === 'own' ? choice.settings : null, simulated, options.once);
    return { nodeRed, ...flow, simulators: simulated?.simulators ?? null, userDirectory, stop };
  } catch (error) {
    await stop();
    throw error;
  }
};

export const urlOf = ({ port }: NodeRed): string => `http://127.0.0.1:${port}`;

/** The folder with package.json, from the sources as from `dist/`. */
const packageFolder = (): string => {
  const manifest = findPackageJSON(import.meta.url);
  if (manifest === undefined) throw new SyncError('internal', 'The package.json of this package was not found.');
  return dirname(manifest);
};

const copyFlow = (userDirectory: string, flowName: string): void => {
  for (const suffix of ['.json', '_cred.json']) {
    const from = join(userDirectory, `${flowName}${suffix}`);
    const to = join(userDirectory, `${ONCE}${suffix}`);
    rmSync(to, { force: true });
    if (existsSync(from)) copyFileSync(from, to);
  }
};

const simulatedText = ({ urls, fresh }: LaunchedSimulators, people: number): string =>
  `Simulated Mailchimp at ${urls.mailchimp} and CiviCRM at ${urls.civicrm}, ${people.toLocaleString('en-US')} people` +
  (fresh === null ? ', as they were left.' : `, made afresh: ${fresh}.`);

/**
 * Deploys the user's flow, or the reference flow the first time. Settings of a file go into it at every start, because
 * the file is what its owner edits; those of the simulators only the first time.
 */
const deployFlow = async (nodeRed: NodeRed, own: JsonObject | null, simulated: SimulatedServices | null, once: boolean): Promise<Pick<Session, 'config' | 'start'>> => {
  const kept = await nodeRed.flows();
  const chosen = simulated?.chosenStore ?? null;
  const flow = kept.length === 0 ? referenceFlow() : chosen === null ? kept : withStore(kept, chosen);
  const settings = own ?? (kept.length > 0 ? null : (simulated?.settings ?? null));
  const withTheirSettings = settings === null ? flow : withSettings(flow, configNodeSettings(settings));
  const nodes = once ? withoutSchedules(withTheirSettings) : withTheirSettings;
  await nodeRed.deploy(nodes);
  const [configId] = nodesOfType(nodes, CONFIG_TYPE);
  const [start] = nodesOfType(nodes, START_TYPE);
  if (configId === undefined || start === undefined) {
    throw new SyncError('settings_invalid', `The flow has no ${configId === undefined ? 'configuration' : 'start'} node: restore it from Import → Examples.`);
  }
  const config = nodeRed.node(configId) as EngineNode;
  if (config.problem !== null) throw config.problem;
  return { config, start };
};

const referenceFlow = (): readonly FlowNode[] => JSON.parse(readFileSync(join(packageFolder(), 'flows', 'reference-flow.json'), 'utf8')) as FlowNode[];

const configNodeSettings = (written: JsonObject): { readonly settings: string; readonly secrets: string } => {
  const { settings, secrets } = moveSecrets(written);
  return { settings: JSON.stringify(settings, null, 2), secrets: JSON.stringify(secrets) };
};
