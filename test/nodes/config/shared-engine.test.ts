import assert from 'node:assert/strict';
import { SharedEngine } from '../../../nodes/config/shared-engine.ts';
import { SyncError } from '../../../src/base/errors.ts';
import { engineThat } from '../support/flow.ts';

const never = new AbortController().signal;

describe('an engine that nodes share', () => {
  it('is opened with the first work, once for all that work at the same time', async () => {
    let opened = 0;
    const shared = new SharedEngine(() => {
      opened += 1;
      return Promise.resolve(engineThat({}));
    });
    assert.equal(opened, 0);
    const [one, other] = await Promise.all([1, 2].map(() => shared.work(never, (engine) => Promise.resolve(engine))));
    assert.equal(one, other);
    assert.equal(opened, 1);
  });

  it('is tried again when it could not be opened', async () => {
    let attempts = 0;
    const shared = new SharedEngine(() => {
      attempts += 1;
      return attempts === 1 ? Promise.reject(new SyncError('store_unavailable', 'locked')) : Promise.resolve(engineThat({}));
    });
    await assert.rejects(shared.work(never, () => Promise.resolve()), { code: 'store_unavailable' });
    assert.equal(await shared.work(never, () => Promise.resolve('worked')), 'worked');
  });

  it('aborts the work of one node when that node closes, and only that', async () => {
    const shared = new SharedEngine(() => Promise.resolve(engineThat({})));
    const [one, other] = [new AbortController(), new AbortController()];
    const aborted = (controller: AbortController): Promise<boolean> => shared.work(controller.signal, (_engine, signal) => { one.abort(); return Promise.resolve(signal.aborted); });
    assert.deepEqual(await Promise.all([aborted(one).catch(() => true), aborted(other)]), [true, false]);
  });

  it('closes after all work has ended, and takes no more', async () => {
    const events: string[] = [];
    const shared = new SharedEngine(() => Promise.resolve(engineThat({ close: () => { events.push('closed'); return Promise.resolve(); } })));
    const started = Promise.withResolvers<void>();
    const work = shared.work(never, async (_engine, signal) => {
      started.resolve();
      await new Promise((resolve) => { signal.addEventListener('abort', resolve); });
      await Promise.resolve();
      events.push('ended');
    });
    await started.promise;
    await Promise.all([shared.close(), work]);
    assert.deepEqual(events, ['ended', 'closed']);
    await assert.rejects(shared.work(never, () => Promise.resolve()), { code: 'aborted' });
  });

  it('closes when it could not be opened', async () => {
    const shared = new SharedEngine(() => Promise.reject(new SyncError('store_unavailable', 'locked')));
    const work = shared.work(never, () => Promise.resolve());
    await Promise.all([shared.close(), assert.rejects(work)]);
  });
});
