import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { STAGES } from '../../nodes/lib/run-message.ts';
import { SHARED_CATALOGUE } from '../../nodes/lib/texts.ts';

const root = join(import.meta.dirname, '../..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const catalogue = JSON.parse(read('nodes/config/locales/en-US/config.json')) as {
  readonly errors: Readonly<Record<string, string>>;
  readonly stages: Readonly<Record<string, string>>;
  readonly status: Readonly<Record<string, string>>;
};

describe('the texts that nodes show', () => {
  it('stand where Node-RED looks for them: module, then the name in package.json', () => {
    const { name, 'node-red': { nodes } } = JSON.parse(read('package.json')) as { name: string; 'node-red': { nodes: Readonly<Record<string, string>> } };
    const [set] = Object.entries(nodes).find(([, file]) => file === 'dist/nodes/config/config.js') ?? [];
    assert.equal(SHARED_CATALOGUE, `${name}/${set}`);
  });

  it('say each error in at most 20 characters', () => {
    const codes = [...read('src/base/errors.ts').matchAll(/^ {2}\| '(\w+)'/gm)].map(([, code = '']) => code);
    assert.ok(codes.length > 20);
    assert.deepEqual(Object.keys(catalogue.errors).sort(), codes.sort());
    for (const text of Object.values(catalogue.errors)) assert.ok(text.length <= 20, text);
  });

  it('name each stage', () => {
    assert.deepEqual(Object.keys(catalogue.stages), STAGES);
  });

  it('have each status that a node shows', () => {
    const shown = globSync('nodes/**/*.ts', { cwd: root }).flatMap((file) => [...read(file).matchAll(/status\.(?:working|done|idle|attention)\('(\w+)'/g)].map(([, key = '']) => key));
    for (const key of [...shown, 'busy', 'disabled']) assert.ok(key in catalogue.status, key);
    assert.deepEqual(Object.keys(catalogue.status).filter((key) => !shown.includes(key)).sort(), ['busy', 'disabled']);
  });
});
