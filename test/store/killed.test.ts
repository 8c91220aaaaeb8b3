import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Database } from '../../src/store/sqlite/database.ts';
import { LIST } from '../contract/store/samples.ts';
import { newPlace, type FilePlace } from './place.ts';

const WRITER = fileURLToPath(new URL('./commit-for-ever.ts', import.meta.url));

/** Lets a writer be until it has printed so many commits, kills it, and tells all that it printed. */
const killAfter = async (file: string, round: number, commits: number): Promise<readonly string[]> => {
  const child = spawn(process.execPath, [WRITER, file, String(round)], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const acknowledged: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    acknowledged.push(line);
    if (acknowledged.length === commits) child.kill('SIGKILL');
  }
  const [, signal] = (await exited) as [number | null, string | null];
  assert.equal(signal, 'SIGKILL');
  return acknowledged;
};

describe('A process killed while it writes to the embedded store', () => {
  let place: FilePlace;
  before(async () => {
    place = await newPlace();
  });
  after(() => place.remove());

  it('leaves a sound file with every acknowledged commit, each whole', async () => {
    const acknowledged: string[] = [];
    for (const [round, commits] of [1, 3, 10, 25].entries()) {
      acknowledged.push(...(await killAfter(place.file, round, commits)));
      const database = new Database(place.file, 0);
      assert.deepEqual({ ...(database.get('PRAGMA integrity_check') as object) }, { integrity_check: 'ok' });
      const rows = database.all(`SELECT json_extract(civicrm_data, '$.commit') AS name, count(*) AS count FROM mailchimpsync_cache WHERE mailchimp_list_id = ? GROUP BY 1`, LIST);
      const found = new Map((rows as readonly { name: string; count: number }[]).map(({ name, count }) => [name, count]));
      for (const name of acknowledged) assert.equal(found.get(name), 20, name);
      for (const [name, count] of found) assert.equal(count, 20, name);
      database.close();
    }
  });
});
