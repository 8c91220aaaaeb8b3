import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/** Settings of a Node-RED that has this package, sends nothing home and installs nothing. */
const SETTINGS = {
  uiHost: '127.0.0.1',
  flowFile: 'flows.json',
  nodesDir: root,
  telemetry: { enabled: false, updateNotification: false },
  externalModules: { autoInstall: false, palette: { allowInstall: false }, modules: { allowInstall: false } },
  editorTheme: { tours: false, palette: { catalogues: [] } },
};

/** Node-RED as it is installed (`node-red` or `node-red-4`), in a process of its own; needs what the build made. */
export class NodeRedProcess {
  readonly url: string;
  readonly #command: readonly string[];
  #child: ChildProcess | null = null;

  private constructor(module: string, directory: string, port: number) {
    this.url = `http://127.0.0.1:${port}`;
    this.#command = [join(root, 'node_modules', module, 'red.js'), '--userDir', directory, '--settings', join(directory, 'settings.js'), '--port', String(port)];
  }

  /** One that always comes back at the same address, with the same user directory. */
  static async in(directory: string, module: string): Promise<NodeRedProcess> {
    writeFileSync(join(directory, 'settings.js'), `module.exports = ${JSON.stringify(SETTINGS)};\n`);
    return new NodeRedProcess(module, directory, await freePort());
  }

  /** Resolves when the flows run. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, this.#command, { stdio: ['ignore', 'pipe', 'inherit'] });
    this.#child = child;
    await started(child);
  }

  /** Deploys through the editor's API. Resolves when the flows run. */
  async deploy(flows: readonly object[]): Promise<void> {
    const running = started(this.#child!);
    const answer = await fetch(`${this.url}/flows`, { method: 'POST', headers: { 'content-type': 'application/json', 'node-red-deployment-type': 'full' }, body: JSON.stringify(flows) });
    if (!answer.ok) throw new Error(`Node-RED refuses the flows: ${answer.status}`);
    await running;
  }

  /** As by a power cut, or as by whoever shuts the machine down. */
  async kill(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    if (this.#child === null || this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const closed = once(this.#child, 'close');
    this.#child.kill(signal);
    await closed;
  }
}

/** Node-RED says so on its standard output. */
const started = (child: ChildProcess): Promise<void> =>
  new Promise((resolve, reject) => {
    let output = '';
    const listen = (text: Buffer): void => {
      output += text.toString();
      if (!output.includes('Started flows')) return;
      child.stdout?.off('data', listen);
      resolve();
    };
    child.stdout?.on('data', listen);
    child.on('close', (code) => reject(new Error(`Node-RED ended with ${code}:\n${output}`)));
  });

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
