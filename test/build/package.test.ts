import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { exampleName } from '../../build/examples.ts';

const root = join(import.meta.dirname, '..', '..');
const read = (file: string): string => readFileSync(join(root, file), 'utf8');

describe('the package', () => {
  it('gives every folder of nodes/ its entry, and has no other', () => {
    const folders = readdirSync(join(root, 'nodes'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && entry.name !== 'lib')
      .map(({ name }) => [`mailchimpsync-${name}`, `dist/nodes/${name}/${name}.js`] as const);
    const { 'node-red': nodeRed } = JSON.parse(read('package.json')) as { 'node-red': { nodes: Record<string, string> } };
    assert.deepEqual(nodeRed.nodes, Object.fromEntries(folders));
  });

  it('offers every flow of flows/ among the examples, unchanged', () => {
    const flows = readdirSync(join(root, 'flows'));
    assert.ok(flows.length > 0);
    for (const flow of flows) assert.equal(read(join('examples', exampleName(flow))), read(join('flows', flow)));
  });

  it('pins its dependencies without naming a registry', () => {
    assert.doesNotMatch(read('package-lock.json'), /"resolved"/);
  });

  // i18next, of Node-RED, would like a TypeScript of version 5. npm 10 (of Node 20) refuses a lock file without it; npm 11 leaves it out when it writes one.
  it('can be installed by npm 10 as by npm 11', () => {
    const { packages } = JSON.parse(read('package-lock.json')) as { packages: Record<string, { version?: string; optional?: boolean }> };
    for (const place of ['@node-red/util', 'node-red-4']) {
      const { version, optional } = packages[`node_modules/${place}/node_modules/typescript`] ?? {};
      assert.deepEqual({ place, version, optional }, { place, version: '5.9.3', optional: true });
    }
  });
});
