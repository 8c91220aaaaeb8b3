import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import RED from 'node-red';
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

/** What the editor asks Node-RED for: the list of the nodes, their dialogs, and the examples to import. */
const hiddenFromEditor = async (url: string): Promise<string[]> => {
  const ask = async (path: string, type: string): Promise<string> => (await fetch(url + path, { headers: { accept: type } })).text();
  const listed = JSON.parse(await ask('nodes', 'application/json')) as { module: string; enabled: boolean; types: string[] }[];
  const shown = listed.filter(({ module, enabled }) => module === manifest.name && enabled).flatMap(({ types }) => types);
  const dialogs = await ask('nodes', 'text/html');
  const examples = await ask(`library/examples/flows/${manifest.name}/`, 'application/json');
  const names = readdirSync(join(root, 'examples')).map((file) => basename(file, '.json'));
  return [
    ...Object.keys(manifest['node-red'].nodes).flatMap((type) => [
      ...(shown.includes(type) ? [] : [`The editor is not told of ${type}`]),
      ...(dialogs.includes(`registerType('${type}'`) ? [] : [`The editor gets no dialog of ${type}`]),
    ]),
    ...names.filter((name) => !examples.includes(JSON.stringify(name))).map((name) => `The example "${name}" is not offered`),
  ];
};

const loadErrors = async (userDirectory: string): Promise<string[]> => {
  const nodeRed = await startNodeRed({ userDirectory, flowFile: 'flows.json', port: 0, log: ({ text }) => console.log(text) });
  const sets = nodeRed.nodeSets.filter(({ module }) => module === manifest.name);
  const hidden = await hiddenFromEditor(`http://127.0.0.1:${nodeRed.port}/`);
  await nodeRed.stop();
  const loaded = sets.filter(({ error }) => error === null).flatMap(({ types }) => types);
  const failed = sets.filter(({ error }) => error !== null).map(({ id, error }) => `${id}: ${error}`);
  const absent = Object.keys(manifest['node-red'].nodes).filter((type) => !loaded.includes(type)).map((type) => `Node-RED did not load ${type}`);
  return [...failed, ...absent, ...hidden];
};

/** Its types say a text; it is a function. */
const version = RED.version as unknown as () => string;

const folder = mkdtempSync(join(tmpdir(), 'mailchimpsync-package-'));
try {
  const { tarball, files } = pack(folder);
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'user-directory', private: true }));
  execFileSync('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', tarball], { cwd: folder, stdio: 'inherit' });
  const errors = [...contentErrors(files), ...(await loadErrors(folder))];
  for (const error of errors) console.error(error);
  console.log(`Node-RED ${version()}: ${files.length} files packed, ${Object.keys(manifest['node-red'].nodes).length} nodes expected, ${errors.length} errors`);
  process.exitCode = errors.length === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
