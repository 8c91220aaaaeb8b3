import { join } from 'node:path';
import type { Node, NodeAPI, NodeDef, NodeMessage } from 'node-red';
import type { LaunchedSimulators } from '../../src/simulator/launch.ts';
import type { SimulatorsOptions } from '../../src/simulator/simulators.ts';
import { catchableError } from '../lib/catchable-error.ts';
import { StatusDisplay } from '../lib/node-status.ts';

interface SimulatorDefinition extends NodeDef {
  /** Numbers as the dialog keeps them; empty: as many people as before, a free port. */
  readonly people: string | number;
  readonly mailchimpPort: string | number;
  readonly civicrmPort: string | number;
  readonly controlPort: string | number;
  /** Registers the webhooks of this Node-RED at the simulated Mailchimp. */
  readonly webhooks: boolean;
}

export type Launch = (options: SimulatorsOptions) => Promise<LaunchedSimulators>;

/** Registers the node that runs the local Mailchimp and CiviCRM while it is deployed. */
export function registerSimulatorNode(RED: NodeAPI, launch: Launch): void {
  RED.nodes.registerType('mailchimpsync-simulator', function simulatorNode(this: Node, definition: SimulatorDefinition) {
    RED.nodes.createNode(this, definition);
    const status = new StatusDisplay(RED, this);
    let closed = false;

    const running = start(launch, optionsOf(RED, definition));
    status.working('starting');
    const show = async (): Promise<void> => {
      try {
        const simulators = await running;
        if (closed) return;
        status.done('simulating', portsOf(simulators));
        this.send(answer(simulators));
        const said = await simulators.ended;
        if (!closed) throw new Error(`The simulators have ended: ${said}. Deploy again to start them.`);
      } catch (error) {
        if (closed) return;
        status.failed('internal');
        this.error(catchableError(error, (text) => text), {});
      }
    };
    void show();

    const reply = async (message: NodeMessage, send: (message: NodeMessage) => void, done: (error?: Error) => void): Promise<void> => {
      try {
        const simulators = await running;
        if (closed) return;
        send(Object.assign(message, answer(simulators)));
        done();
      } catch (error) {
        if (!closed) done(catchableError(error, (text) => text));
      }
    };
    this.on('input', (message, send, done) => void reply(message, send, done));

    const close = async (done: () => void): Promise<void> => {
      closed = true;
      const [simulators] = await Promise.allSettled([running]);
      if (simulators.status === 'fulfilled') await simulators.value.stop();
      done();
    };
    this.on('close', (done: () => void) => void close(done));
  });
}

/** A failure is told by whoever waits for it; nobody waiting is no failure of the whole program. */
function start(launch: Launch, options: SimulatorsOptions): Promise<LaunchedSimulators> {
  const running = launch(options);
  running.catch(() => {});
  return running;
}

/** A number from the dialog; undefined for an empty field. */
const given = (value: string | number): number | undefined => (value === '' ? undefined : Number(value));

function optionsOf(RED: NodeAPI, { people, mailchimpPort, civicrmPort, controlPort, webhooks }: SimulatorDefinition): SimulatorsOptions {
  const count = given(people);
  const root = typeof RED.settings.httpNodeRoot === 'string' ? RED.settings.httpNodeRoot : '';
  return {
    state: join(RED.settings.userDir ?? process.cwd(), 'mailchimpsync-simulators'),
    ...(count === undefined ? {} : { people: count }),
    ports: { mailchimp: given(mailchimpPort) ?? 0, civicrm: given(civicrmPort) ?? 0, control: given(controlPort) ?? 0 },
    webhookBase: `http://127.0.0.1:${RED.settings.uiPort}${root.replace(/\/$/, '')}`,
    registerWebhooks: webhooks,
  };
}

const portsOf = ({ urls }: LaunchedSimulators): Readonly<Record<string, string>> => ({ mailchimp: new URL(urls.mailchimp).host, civicrm: new URL(urls.civicrm).port });

const answer = ({ settings, urls, fresh }: LaunchedSimulators): NodeMessage => ({ payload: settings, urls, fresh });
