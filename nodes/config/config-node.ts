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
import { type ConfigCredentials, joinedCredentials, keptSecrets, withGivenSecret } from './kept-secrets.ts';
import { SharedEngine } from './shared-engine.ts';

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
      const { settings, problem, redact } = readConfiguration(RED, this, definition);
      const engine = new SharedEngine(() => {
        if (settings === null) throw problem;
        return open(settings, { userDirectory: RED.settings.userDir ?? process.cwd(), log: (text) => this.log(redact(text)) });
      });
      const keepSecret: EngineNode['keepSecret'] = (name, secret) => {
        this.credentials = withGivenSecret(this.credentials, name, secret);
        void RED.nodes.addCredentials(this.id, this.credentials);
      };
      Object.assign(this, { settings, problem, redact, work: engine.work.bind(engine), keepSecret } satisfies Pick<EngineNode, 'settings' | 'problem' | 'redact' | 'work' | 'keepSecret'>);
      const close = async (done: () => void): Promise<void> => {
        await engine.close();
        done();
      };
      this.on('close', (done: () => void) => void close(done));
    },
    { credentials: { secrets: { type: 'password' }, added: { type: 'password' }, given: { type: 'password' } } },
  );
}

function readConfiguration(RED: NodeAPI, node: Node<ConfigCredentials>, { settings: text }: ConfigDefinition): Reading & { readonly redact: (text: string) => string } {
  let secrets: Secrets = {};
  try {
    secrets = keptSecrets(node.credentials);
    keepJoined(RED, node, text);
    const settings = readSettings(text, { env: process.env, secrets });
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

/** Joins what was entered since the last deployment to the secrets kept; Node-RED stores it with the next one. */
function keepJoined(RED: NodeAPI, node: Node<ConfigCredentials>, text: string): void {
  const joined = joinedCredentials(node.credentials, settingsObject(text) ?? {});
  if (joined === null) return;
  node.credentials = joined;
  void RED.nodes.addCredentials(node.id, joined);
}
