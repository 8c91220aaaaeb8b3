import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { extname } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { createInterface } from 'node:readline';
import { writeOptions } from './options.ts';
import type { JsonObject } from './simulator-settings.ts';
import type { SimulatorsOptions, SimulatorUrls } from './simulators.ts';

/** Simulators that run in a process of their own. */
export interface LaunchedSimulators {
  readonly urls: SimulatorUrls;
  /** The JSON settings that connect a sync with them. */
  readonly settings: JsonObject;
  /** Null: the state went on from where it was; else why it was made afresh. */
  readonly fresh: string | null;
  readonly processId: number;
  /** Resolves when the process has ended, however it did, to what it said last on its error output. */
  readonly ended: Promise<string>;
  /** Ends the process after its state is saved. */
  stop(): Promise<void>;
}

/** What the process prints when it answers. */
interface ReadyLine {
  readonly ready: true;
  readonly urls: SimulatorUrls;
  readonly settings: JsonObject;
  readonly fresh: string | null;
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** How long a process may take to save and end before it is killed, in ms. */
const PATIENCE = 20_000;

/**
 * Starts the simulators as a process that ends with this one, but not by what is sent to its process group: Ctrl-C, or
 * a kill of everything at once, must not make the services forget what they have answered. Rejects with what the process
 * said when it cannot start.
 */
export async function launchSimulators(options: SimulatorsOptions = {}): Promise<LaunchedSimulators> {
  // From `.ts` under Node 24, from `.js` once built.
  const entry = fileURLToPath(new URL(`main${extname(import.meta.url)}`, import.meta.url));
  const child = spawn(process.execPath, [entry, ...writeOptions({ ...options, withParent: true })], { stdio: ['pipe', 'pipe', 'pipe'], detached: process.platform !== 'win32' });
  const ended = endOf(child);
  const line = await Promise.race([readyLine(child), ended.then((said) => Promise.reject(new Error(`the simulators did not start: ${said}`)))]);
  const { urls, settings, fresh } = line;
  return { urls, settings, fresh, processId: child.pid ?? 0, ended, stop: () => stop(child, ended) };
}

function endOf(child: Child): Promise<string> {
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-4000);
  });
  child.stdin.on('error', () => {});
  return new Promise((resolve) => {
    child.on('error', (error) => resolve(error.message)).on('close', () => resolve(said.trim()));
  });
}

async function readyLine(child: Child): Promise<ReadyLine> {
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith('{')) continue;
    child.stdout.resume();
    // This line is our own: main.ts prints it.
    return JSON.parse(line) as ReadyLine;
  }
  return new Promise(() => {});
}

async function stop(child: Child, ended: Promise<string>): Promise<void> {
  child.stdin.end();
  const kill = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
  await ended;
  clearTimeout(kill);
}
