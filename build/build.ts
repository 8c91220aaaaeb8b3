import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { exampleName } from './examples.ts';

/**
 * Makes `dist/`: compiled sources, and beside them what Node-RED loads as it is (editor halves, locales, icons).
 * Copies `flows/` into `examples/`, because npm leaves links out of a package.
 */
const root = join(import.meta.dirname, '..');

const compile = (): void => {
  const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin', 'tsc');
  const { status } = spawnSync(process.execPath, [compiler, '-p', 'tsconfig.build.json'], { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
};

const copyAssets = (folder: string): void => {
  for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name.endsWith('.ts')) continue;
    const from = join(entry.parentPath, entry.name);
    const to = join(root, 'dist', from.slice(root.length));
    mkdirSync(dirname(to), { recursive: true });
    cpSync(from, to);
  }
};

const copyFlows = (): void => {
  for (const name of readdirSync(join(root, 'flows'))) cpSync(join(root, 'flows', name), join(root, 'examples', exampleName(name)));
};

rmSync(join(root, 'dist'), { recursive: true, force: true });
compile();
for (const folder of ['src', 'nodes']) copyAssets(folder);
copyFlows();
