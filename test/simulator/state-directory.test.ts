import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StateDirectory } from '../../src/simulator/state-directory.ts';

describe('a state directory', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'state-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('gives back what was written last, names in any script too', () => {
    const state = new StateDirectory(join(directory, 'new', 'deep'));
    state.write('people.json', { first: 1 });
    state.write('people.json', { name: 'Ελένη', list: [1, null], nothing: {} });
    assert.deepEqual(state.read('people.json'), { name: 'Ελένη', list: [1, null], nothing: {} });
  });

  it('knows nothing of a file that was never written', () => {
    assert.equal(new StateDirectory(directory).read('none.json'), undefined);
  });

  it('leaves the old file whole when writing the new one fails', () => {
    const state = new StateDirectory(directory);
    state.write('a.json', { whole: true });
    const endless: Record<string, unknown> = {};
    endless['self'] = endless;
    assert.throws(() => state.write('a.json', { begun: 1, endless }));
    assert.deepEqual(state.read('a.json'), { whole: true });
  });

  it('is not confused by what a killed process left half written', () => {
    const state = new StateDirectory(directory);
    state.write('a.json', { whole: true });
    writeFileSync(join(directory, 'a.json.new'), '{"ha');
    assert.deepEqual(state.read('a.json'), { whole: true });
    state.write('a.json', { whole: 'again' });
    assert.deepEqual(readdirSync(directory), ['a.json']);
    assert.deepEqual(JSON.parse(readFileSync(join(directory, 'a.json'), 'utf8')), { whole: 'again' });
  });

  it('names a file that is no JSON, and what to do', () => {
    writeFileSync(join(directory, 'a.json'), 'no');
    assert.throws(() => new StateDirectory(directory).read('a.json'), /a\.json is not JSON: remove it/);
  });
});
