import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startNodeRed } from '../src/cli/node-red.ts';

/** Packs the package, installs it in an empty user directory as a user would, and has Node-RED load every node of it. */
const root = join(import.meta.dirname, '..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  name: string;
  'node-red': { nodes: Record<string, string> };
};

/** Files that the package holds, and must not. */
const contentErrors = (files: readonly string[]): string[] => {
  const entries = Object.values(manifest['node-red'].nodes);
  const wanted = entries.flatMap((entry) => [entry, entry.replace(/\.js$/, '.html')]);
  const missing = ['README.md', 'LICENSE', ...wanted].filter((file) => !files.includes(file)).map((file) => `${file} is not in the package`);
  const foreign = files.filter((file) => !/^(package\.json|README\.md|LICENSE|(dist|examples|flows|resources)\/)/.test(file) || file.startsWith('dist/src/cli/'));
  return [...missing, ...foreign.map((file) => `${file} does not belong into the package`)];
};

const pack = (folder: string): { tarball: string; files: readonly string[] } => {
  const answer = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], { cwd: root, encoding: 'utf8' });
  const [packed] = JSON.parse(answer) as { filename: string; files: { path: string }[] }[];
  if (packed === undefined) throw new Error('npm pack made nothing');
  return { tarball: join(folder, packed.filename), files: packed.files.map(({ path }) => path) };
};

const loadErrors = async (userDirectory: string): Promise<string[]> => {
  const nodeRed = await startNodeRed({ userDirectory, flowFile: 'flows.json', port: 0, log: ({ text }) => console.log(text) });
  const sets = nodeRed.nodeSets.filter(({ module }) => module === manifest.name);
  await nodeRed.stop();
  const loaded = sets.filter(({ error }) => error === null).flatMap(({ types }) => types);
  const failed = sets.filter(({ error }) => error !== null).map(({ id, error }) => `${id}: ${error}`);
  const absent = Object.keys(manifest['node-red'].nodes).filter((type) => !loaded.includes(type)).map((type) => `Node-RED did not load ${type}`);
  return [...failed, ...absent];
};

const folder = mkdtempSync(join(tmpdir(), 'mailchimpsync-package-'));
try {
  const { tarball, files } = pack(folder);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'user-directory', private: true }));
  execFileSync('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', tarball], { cwd: folder, stdio: 'inherit' });
  const errors = [...contentErrors(files), ...(await loadErrors(folder))];
  for (const error of errors) console.error(error);
  console.log(`${files.length} files packed, ${Object.keys(manifest['node-red'].nodes).length} nodes expected, ${errors.length} errors`);
  process.exitCode = errors.length === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
