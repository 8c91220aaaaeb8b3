import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { claimDirectory } from '../../src/simulator/directory-claim.ts';

const source = new URL('../../src/simulator/directory-claim.ts', import.meta.url).href;

describe('a directory claim', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'claim-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('is refused while another one holds', async () => {
    const claim = await claimDirectory(directory);
    await assert.rejects(claimDirectory(directory, 0), /is in use by another process/);
    await claim.release();
  });

  it('is given once the other one is released, and leaves nothing behind', async () => {
    const first = await claimDirectory(directory);
    const waiting = claimDirectory(directory);
    await first.release();
    await (await waiting).release();
    assert.deepEqual(readdirSync(directory), []);
  });

  it('ends with a process that is killed', async () => {
    const script = `import(${JSON.stringify(source)}).then(({ claimDirectory }) => claimDirectory(${JSON.stringify(directory)})).then(() => console.log('claimed'))`;
    const holder = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(holder.stdout, 'data');
    await assert.rejects(claimDirectory(directory, 0), /in use/);
    const waiting = claimDirectory(directory);
    holder.kill('SIGKILL');
    await (await waiting).release();
  });

  it('takes over from a file that nobody stands behind', async () => {
    for (const left of ['', '{"port":1,"token":"gone"}']) {
      writeFileSync(join(directory, 'in-use.json'), left);
      await (await claimDirectory(directory, 0)).release();
    }
  });

  it('takes over when the port went to somebody else', async () => {
    const elsewhere = join(directory, 'elsewhere');
    const other = await claimDirectory(elsewhere);
    const { port } = JSON.parse(readFileSync(join(elsewhere, 'in-use.json'), 'utf8')) as { port: number };
    writeFileSync(join(directory, 'in-use.json'), JSON.stringify({ port, token: 'not that one' }));
    await (await claimDirectory(directory)).release();
    await other.release();
  });
});
