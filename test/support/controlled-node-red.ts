import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../../src/settings/json.ts';
import { moveSecrets } from '../../src/settings/secrets.ts';
import { startSimulators, type RunningSimulators, type SimulatorsOptions } from '../../src/simulator/simulators.ts';
import { NodeRedProcess } from './node-red-process.ts';
import { temporaryFolder } from './start-command.ts';

/** Takes a property of the message from the address. */
const rule = (p: string): object => ({ t: 'set', p, pt: 'msg', to: `req.params.${p}`, tot: 'msg' });

/** The reference flow with its schedules off, and an address at which the control node takes commands: `/control/{topic}/{payload}`. */
function controlledFlow(written: JsonObject): readonly object[] {
  const { settings, secrets } = moveSecrets(written);
  const reference = JSON.parse(readFileSync(join(import.meta.dirname, '..', '..', 'flows', 'reference-flow.json'), 'utf8')) as readonly { readonly id: string; readonly type: string }[];
  const place = { z: 'sync', x: 0, y: 0 };
  return [
    ...reference.map((node) => {
      if (node.type === 'mailchimpsync-config') return { ...node, settings: JSON.stringify(settings), credentials: { secrets: JSON.stringify(secrets) } };
      return node.type === 'inject' ? { ...node, repeat: '', crontab: '', once: false } : node;
    }),
    { ...place, id: 'asked', type: 'http in', url: '/control/:topic/:payload', method: 'get', wires: [['command']] },
    { ...place, id: 'command', type: 'change', rules: [rule('topic'), rule('payload')], wires: [['control']] },
    { ...place, id: 'control', type: 'mailchimpsync-control', config: 'sync-config', start: '', wires: [['answered']] },
    { ...place, id: 'answered', type: 'http response', wires: [] },
  ];
}

/** A Node-RED in a process of its own with the reference flow, over simulated services. */
export class ControlledNodeRed {
  readonly #directory = temporaryFolder();
  #process: NodeRedProcess | null = null;
  #services: RunningSimulators | null = null;

  /** To be called once in a `describe`. @param module `node-red`, or `node-red-4` */
  static use(module: string, options: SimulatorsOptions): ControlledNodeRed {
    const controlled = new ControlledNodeRed();
    before(async () => {
      const nodeRed = await NodeRedProcess.in(controlled.userDirectory, module);
      controlled.#process = nodeRed;
      controlled.#services = await startSimulators({ webhookBase: nodeRed.url, ...options });
      await nodeRed.start();
      await nodeRed.deploy(controlledFlow(controlled.#services.settings));
    });
    after(async () => {
      await controlled.#process?.kill();
      await controlled.#services?.close();
      controlled.#directory.remove();
    });
    return controlled;
  }

  get userDirectory(): string {
    return this.#directory.path;
  }

  get process(): NodeRedProcess {
    if (this.#process === null) throw new Error('it has not been started');
    return this.#process;
  }

  get services(): RunningSimulators {
    if (this.#services === null) throw new Error('they have not been started');
    return this.#services;
  }

  /** What the control node answers. */
  async control<Answer>(topic: string, payload: string): Promise<Answer> {
    const answer = await fetch(`${this.process.url}/control/${topic}/${payload}`);
    return (await answer.json()) as Answer;
  }
}
