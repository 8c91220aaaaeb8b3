import assert from 'node:assert/strict';
import { ConnectionBudget, sharedBudget, type Slot } from '../../src/http/budget.ts';

const takeAll = (budget: ConnectionBudget): Promise<Slot[]> => Promise.all(Array.from({ length: budget.limit }, () => budget.acquire()));

/** Settled or not, without waiting for time: promise callbacks run before this one does. */
async function isPending(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol('pending');
  return (await Promise.race([promise, new Promise((resolve) => setImmediate(resolve, pending))])) === pending;
}

describe('budget of connections', () => {
  it('lets no more start than its limit, and the next in order when one ends', async () => {
    const budget = new ConnectionBudget(2);
    const [first] = await takeAll(budget);
    const third = budget.acquire();
    const fourth = budget.acquire();
    assert.equal(await isPending(third), true);
    first?.release('served');
    await third;
    assert.equal(await isPending(fourth), true);
    assert.equal(budget.used, 2);
  });

  it('halves once for a whole storm of overloads, however many requests were under way', async () => {
    const budget = new ConnectionBudget(8);
    for (const slot of await takeAll(budget)) slot.release('overloaded');
    assert.equal(budget.limit, 4);
    for (const slot of await takeAll(budget)) slot.release('overloaded');
    assert.equal(budget.limit, 2);
  });

  it('never goes below one connection', async () => {
    const budget = new ConnectionBudget(2);
    for (let storm = 0; storm < 5; storm += 1) (await budget.acquire()).release('overloaded');
    assert.equal(budget.limit, 1);
  });

  it('grows back step by step to what is allowed, and no further', async () => {
    const budget = new ConnectionBudget(4);
    (await budget.acquire()).release('overloaded');
    assert.equal(budget.limit, 2);
    const limits = new Set<number>();
    for (let answer = 0; answer < 200; answer += 1) {
      (await budget.acquire()).release('served');
      limits.add(budget.limit);
    }
    assert.deepEqual([...limits], [2, 3, 4]);
  });

  it('counts a slot that is given back twice once', async () => {
    const budget = new ConnectionBudget(1);
    const slot = await budget.acquire();
    slot.release('served');
    slot.release('served');
    assert.equal(budget.used, 0);
  });

  it('lets who waits be stopped, and those behind take the place', async () => {
    const budget = new ConnectionBudget(1);
    const slot = await budget.acquire();
    const stop = new AbortController();
    const stopped = budget.acquire(stop.signal);
    const behind = budget.acquire();
    stop.abort(new Error('enough'));
    await assert.rejects(stopped, /enough/);
    slot.release('served');
    await behind;
    assert.equal(budget.used, 1);
  });

  it('is one for all clients of the same user, and another for another', () => {
    assert.equal(sharedBudget('https://a', 'key-one', 8), sharedBudget('https://a', 'key-one', 8));
    assert.notEqual(sharedBudget('https://a', 'key-one', 8), sharedBudget('https://a', 'key-two', 8));
  });
});
