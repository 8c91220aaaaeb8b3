import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startCommand, temporaryFolder } from '../support/start-command.ts';

const root = join(import.meta.dirname, '..', '..');
/** The option of Node by which a process gets Node-RED 4.1 for `node-red`. */
const PRELOAD = `--import=${pathToFileURL(join(root, 'build', 'node-red-4.ts')).href}`;

/** A process with this Node-RED; its mocha, if it is one, keeps its counts out of those of CI. */
const run = (...words: readonly string[]): { readonly status: number | null; readonly output: string } => {
  const { MOCHA_COUNTS: _, ...environment } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, [PRELOAD, ...words], { cwd: root, env: environment, encoding: 'utf8' });
  return { status, output: stdout + stderr };
};

describe('on Node-RED 4.1', function () {
  this.timeout(180_000);
  const userDirectory = temporaryFolder();
  after(() => userDirectory.remove());

  it('is what is asked for by import and by require, and not by others', () => {
    const said = "import RED from 'node-red'; import { createRequire } from 'node:module'; console.log(RED.version(), createRequire(import.meta.url)('node-red').version());";
    const { output } = run('--input-type=module', '--eval', said);
    assert.match(output, /^4\.1\.\d+ 4\.1\.\d+$/m);
    const ours = createRequire(import.meta.url)('node-red') as { version(): string };
    assert.match(ours.version(), /^5\.0\./);
  });

  it('every test of the nodes passes', () => {
    const { status, output } = run(join(root, 'node_modules', 'mocha', 'bin', 'mocha.js'), 'test/nodes/**/*.test.ts');
    assert.equal(status, 0, output);
    assert.match(output, /\d{3} passing/);
  });

  it('the reference flow brings the simulated services in step, every person as foretold', async () => {
    const words = ['--once', '--people', '60', '--user-dir', userDirectory.path];
    const { code, output } = await startCommand(words, { NODE_OPTIONS: PRELOAD }).ended;
    assert.equal(code, 0, output);
    assert.match(output, /All 60 people are as foretold\./);
  });
});
