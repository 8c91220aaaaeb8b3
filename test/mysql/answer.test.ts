import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mock } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { MINUTE } from '../../src/base/clock.ts';
import { answerOf, NoAnswer } from '../../src/mysql/answer.ts';
import { isLost as isLostForCivicrm } from '../../src/civicrm/sql/failures.ts';
import { isLost as isLostForTheStore } from '../../src/store/mysql/failures.ts';
import { CuttingProxy } from '../store/cutting-proxy.ts';
import { emptyDatabase } from '../support/mariadb.ts';

const PROGRAM = fileURLToPath(new URL('./asking-program.ts', import.meta.url));

describe('the answer of a database', () => {
  beforeEach(() => mock.timers.enable({ apis: ['setTimeout'] }));
  afterEach(() => mock.timers.reset());
  const never = new Promise<never>(() => undefined);

  it('that does not come in a minute is a lost connection', async () => {
    const asked = answerOf(never);
    mock.timers.tick(MINUTE - 1);
    assert.equal(await Promise.race([asked, Promise.resolve('waits')]), 'waits');
    mock.timers.tick(1);
    await assert.rejects(asked, (error: unknown) => error instanceof NoAnswer && isLostForTheStore(error) && isLostForCivicrm(error));
  });

  it('that comes is given, and what is refused is thrown as it is', async () => {
    assert.equal(await answerOf(Promise.resolve('rows')), 'rows');
    const refusal = new Error('refused');
    await assert.rejects(answerOf(Promise.reject(refusal)), refusal);
  });

  it('is not waited for when a run is stopped, before or meanwhile', async () => {
    const stop = new AbortController();
    const asked = answerOf(never, stop.signal);
    stop.abort(new Error('stopped'));
    await assert.rejects(asked, /stopped/);
    await assert.rejects(answerOf(never, stop.signal), /stopped/);
  });

  it('that is refused after nobody waits for it any more breaks nothing', async () => {
    const { promise, reject } = Promise.withResolvers<never>();
    const asked = answerOf(promise, AbortSignal.abort(new Error('stopped')));
    await assert.rejects(asked, /stopped/);
    reject(new Error('too late'));
    await assert.rejects(promise, /too late/);
  });
});

describe('a program that is done with a database', () => {
  let url: string;
  let socket: string;
  let folder: string;
  let proxy: CuttingProxy;
  beforeEach(async function () {
    url = await emptyDatabase(this);
    socket = new URL(url).searchParams.get('socket') ?? '';
    folder = await mkdtemp(join(tmpdir(), 'mailchimpsync-cut-'));
    proxy = await CuttingProxy.open(socket, folder);
  });
  afterEach(async () => {
    await proxy.close();
    await rm(folder, { recursive: true, force: true });
  });

  const program = async (as: string, sql: string, value: string): Promise<unknown> => {
    const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, as, url.replace(encodeURIComponent(socket), encodeURIComponent(proxy.socket)), sql, value]);
    return JSON.parse(stdout);
  };

  for (const [as, refused] of [['store', 'internal'], ['civicrm', 'civicrm_refused']] as const) {
    it(`is kept by no timer after a statement that was refused: ${as}`, async () => {
      assert.deepEqual(await program(as, 'SELECT (SELECT ? UNION SELECT 2) AS x', 'two rows'), { answer: refused, timers: 0 });
    });

    it(`is kept by no timer after a statement whose connection broke: ${as}`, async () => {
      proxy.cutAt('cut here', 'before');
      assert.deepEqual(await program(as, 'SELECT ? AS x', 'cut here'), { answer: [{ x: 'cut here' }], timers: 0 });
      assert.equal(proxy.cuts, 1);
    });
  }
});
