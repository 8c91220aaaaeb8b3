import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { SeededRandom } from '../../src/simulator/seeded-random.ts';
import { startCommand, temporaryFolder } from '../support/start-command.ts';

/** `MAILCHIMPSYNC_TEST_PEOPLE=20000` shows it for as many. */
const PEOPLE = process.env['MAILCHIMPSYNC_TEST_PEOPLE'] ?? '500';
const SEED = Number(process.env['MAILCHIMPSYNC_TEST_SEED'] ?? 1);
/** A run says so often that it begins a stage, at least. */
const STAGES = 9;

describe('npm start -- --once, killed five times at random moments and started again', function () {
  this.timeout(1_200_000);
  const userDirectory = temporaryFolder();
  after(() => userDirectory.remove());
  const once = () => startCommand(['--once', '--user-dir', userDirectory.path, '--people', PEOPLE]);

  it('ends in step, every person as foretold', async () => {
    const random = new SeededRandom(SEED);
    for (let kill = 0; kill < 5; kill++) {
      const command = once();
      const begun = 1 + random.below(STAGES);
      const delay = random.below(kill * 100 + 50);
      await command.says(new RegExp(`^Simulated (?:[^]*?: working$){${begun}}`, 'm'));
      await wait(delay);
      // The sync alone, or with it what stands around it: the services that it syncs are no part of either.
      if (kill % 2 === 0) command.kill('SIGKILL');
      else command.killGroup('SIGKILL');
      const { code, output } = await command.ended;
      assert.equal(code, null, `it ended before it was killed:\n${output}`);
    }
    const { code, output } = await once().ended;
    assert.equal(code, 0, output);
    assert.match(output, /as they were left/);
    assert.match(output, new RegExp(`All ${Number(PEOPLE).toLocaleString('en-US')} people are as foretold`));
  });
});
