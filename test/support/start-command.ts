import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What `npm start` runs, as the build made it. */
const COMMAND = join(import.meta.dirname, '..', '..', 'dist', 'src', 'cli', 'main.js');

interface Ended {
  readonly code: number | null;
  /** Standard output and error output together, as a terminal would show them. */
  readonly output: string;
}

/** `npm start -- …` in a process of its own. */
export interface StartedCommand {
  readonly ended: Promise<Ended>;
  /** Resolves with the first part of the output that matches; rejects with the whole output when it ends without. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  kill(signal: NodeJS.Signals): void;
  /** The same to the command and all that it has started in its process group. */
  killGroup(signal: NodeJS.Signals): void;
}

/** Starts the built command without a terminal, in a process group of its own. Variables of ours that the tests' own environment has do not reach it. */
export const startCommand = (words: readonly string[], variables: Readonly<Record<string, string>> = {}): StartedCommand => {
  if (!existsSync(COMMAND)) throw new Error('dist/ is missing: npm run build');
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('MAILCHIMPSYNC_')));
  const child = spawn(process.execPath, [COMMAND, ...words], { env: { ...inherited, ...variables }, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let output = '';
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      for (const listener of listeners) listener();
    });
  const ended = new Promise<Ended>((resolve) => child.on('close', (code) => resolve({ code, output })));
  return {
    ended,
    says: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          const found = pattern.exec(output);
          if (found === null) return;
          listeners.delete(look);
          resolve(found);
        };
        listeners.add(look);
        look();
        void ended.then(({ code }) => reject(new Error(`ended with ${code} without ${pattern}:\n${output}`)));
      }),
    kill: (signal) => void child.kill(signal),
    killGroup: (signal) => void process.kill(-(child.pid ?? assert.fail('it was not started')), signal),
  };
};

/** A folder that is gone after the surrounding suite. */
export const temporaryFolder = (): { readonly path: string; remove(): void } => {
  const path = mkdtempSync(join(tmpdir(), 'mailchimpsync-test-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
};
