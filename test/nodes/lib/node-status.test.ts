import assert from 'node:assert/strict';
import type { Node, NodeAPI } from 'node-red';
import { progressText, StatusDisplay } from '../../../nodes/lib/node-status.ts';

describe('the status of a node', () => {
  for (const [progress, text] of [
    [{ done: 12_000, total: 50_000 }, 'fetch 12,000/50,000'],
    [{ done: 7, total: null }, 'fetch 7'],
    [{ done: 123_456, total: 1_500_000 }, 'fetch 123.5K/1.5M'],
  ] as const)
    it(`says "${text}" in at most 20 characters`, () => {
      assert.equal(progressText('fetch', progress), text);
      assert.ok(text.length <= 20);
    });

  it('shows progress at most twice a second, and every other status at once', () => {
    const shown: unknown[] = [];
    let now = 0;
    const node = { status: (status: { text: string }) => shown.push(status.text) } as unknown as Node;
    const RED = { _: (key: string) => key.split('.').at(-1) } as unknown as NodeAPI;
    const status = new StatusDisplay(RED, node, { now: () => now, wait: () => Promise.resolve() });
    for (now = 0; now <= 1000; now += 100) status.progress('fetch', { done: now, total: null });
    status.done('done');
    assert.deepEqual(shown, ['fetch 0', 'fetch 500', 'fetch 1,000', 'done']);
  });
});
