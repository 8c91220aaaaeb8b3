import assert from 'node:assert/strict';
import { OneAtATime } from '../../../nodes/lib/one-at-a-time.ts';

describe('one at a time', () => {
  it('takes one more turn for any number of calls that came meanwhile', async () => {
    const turns = new OneAtATime();
    const first = Promise.withResolvers<void>();
    let taken = 0;
    const work = (): Promise<void> => {
      taken += 1;
      return taken === 1 ? first.promise : Promise.resolve();
    };
    const running = turns.run(work, true);
    assert.deepEqual(await Promise.all([turns.run(work, true), turns.run(work, true)]), [false, false]);
    first.resolve();
    assert.equal(await running, true);
    assert.equal(taken, 2);
  });

  it('forgets calls that ask for no other turn', async () => {
    const turns = new OneAtATime();
    const first = Promise.withResolvers<void>();
    const running = turns.run(() => first.promise, false);
    assert.equal(await turns.run(() => Promise.reject(new Error('a turn too many')), false), false);
    first.resolve();
    assert.equal(await running, true);
  });

  it('is free again after a failure', async () => {
    const turns = new OneAtATime();
    await assert.rejects(turns.run(() => Promise.reject(new Error('failed')), true));
    assert.equal(await turns.run(() => Promise.resolve(), true), true);
  });
});
