import type { Node, NodeAPI, NodeDef } from 'node-red';
import type { SyncError } from '../../src/base/errors.ts';
import { readSettings } from '../../src/settings/read-settings.ts';
import { redactor, redactorOf } from '../../src/settings/redact.ts';
import type { Secrets } from '../../src/settings/resolve-secrets.ts';
import { containsLiteralSecrets } from '../../src/settings/secrets.ts';
import type { Settings } from '../../src/settings/settings.ts';
import type { Engine } from '../../src/sync/engine.ts';
import { catchableError } from '../lib/catchable-error.ts';
import type { EngineNode } from '../lib/engine-node.ts';
import { sharedText } from '../lib/texts.ts';
import { registerAdminRoutes } from './admin-routes.ts';
import { settingsObject } from './check-settings.ts';
import { type ConfigCredentials, enteredNames, joinedCredentials, keptSecrets, withGivenSecrets } from './kept-secrets.ts';
import { SharedEngine } from './shared-engine.ts';
import { UndeployedSecrets } from './undeployed-secrets.ts';

interface ConfigDefinition extends NodeDef {
  /** The JSON settings, with references in place of secrets. */
  readonly settings: string;
}

/** Opens an engine for settings. `log` gets lines without secrets. */
export type OpenConfigured = (settings: Settings, host: { readonly userDirectory: string; readonly log: (text: string) => void }) => Promise<Engine>;

/** What reading the settings came to. */
type Reading = { readonly settings: Settings; readonly problem: null } | { readonly settings: null; readonly problem: SyncError };

/** Registers the configuration node, which holds the settings and the engine that all other nodes work with. */
export function registerConfigNode(RED: NodeAPI, open: OpenConfigured): void {
  registerAdminRoutes(RED);
  RED.nodes.registerType<Node<ConfigCredentials>, ConfigDefinition, object, ConfigCredentials>(
    'mailchimpsync-config',
    function configNode(this: Node<ConfigCredentials>, definition: ConfigDefinition) {
      RED.nodes.createNode(this, definition);
      const undeployed = new UndeployedSecrets(RED.settings, this.id);
      const { settings, problem, redact } = readConfiguration(RED, this, definition, undeployed);
      const engine = new SharedEngine(() => {
        if (settings === null) throw problem;
        return open(settings, { userDirectory: RED.settings.userDir ?? process.cwd(), log: (text) => this.log(redact(text)) });
      });
      const keepSecret: EngineNode['keepSecret'] = async (name, secret) => {
        keep(RED, this, withGivenSecrets(this.credentials, { [name]: secret ?? '' }));
        const stored = settings !== null && (await undeployed.keep(settings, name, secret));
        if (!stored) this.warn(sharedText(RED, 'secretNotStored'));
      };
      Object.assign(this, { settings, problem, redact, work: engine.work.bind(engine), keepSecret } satisfies Pick<EngineNode, 'settings' | 'problem' | 'redact' | 'work' | 'keepSecret'>);
      const close = async (removed: boolean, done: () => void): Promise<void> => {
        await engine.close();
        if (removed) await undeployed.drop();
        done();
      };
      this.on('close', (removed: boolean, done: () => void) => void close(removed, done));
    },
    { credentials: { secrets: { type: 'password' }, added: { type: 'password' }, given: { type: 'password' } } },
  );
}

function readConfiguration(RED: NodeAPI, node: Node<ConfigCredentials>, { settings: text }: ConfigDefinition, undeployed: UndeployedSecrets): Reading & { readonly redact: (text: string) => string } {
  let secrets: Secrets = {};
  const read = (): Settings => {
    secrets = keptSecrets(node.credentials);
    return readSettings(text, { env: process.env, secrets });
  };
  try {
    secrets = keptSecrets(node.credentials);
    keepJoined(RED, node, text, undeployed);
    const deployed = read();
    const given = undeployed.read(deployed);
    const lost = Object.entries(given).some(([name, secret]) => secrets[name] !== secret);
    if (lost) keep(RED, node, withGivenSecrets(node.credentials, given));
    const settings = lost ? read() : deployed;
    const written = settingsObject(text);
    if (written !== null && containsLiteralSecrets(written)) node.warn(sharedText(RED, 'literalSecrets'));
    return { settings, problem: null, redact: redactor(settings) };
  } catch (error) {
    const redact = redactorOf(Object.values(secrets));
    const problem = catchableError(error, redact);
    node.error(problem.message);
    return { settings: null, problem, redact };
  }
}

/** Joins what was entered since the last deployment to the secrets kept; it goes before what was given until then. */
function keepJoined(RED: NodeAPI, node: Node<ConfigCredentials>, text: string, undeployed: UndeployedSecrets): void {
  const joined = joinedCredentials(node.credentials, settingsObject(text) ?? {});
  if (joined === null) return;
  void undeployed.drop(enteredNames(node.credentials));
  keep(RED, node, joined);
}

/** Node-RED stores credentials with the next deployment. */
function keep(RED: NodeAPI, node: Node<ConfigCredentials>, credentials: ConfigCredentials): void {
  node.credentials = credentials;
  void RED.nodes.addCredentials(node.id, credentials);
}
