import assert from 'node:assert/strict';
import type { Node, NodeMessage } from 'node-red';
import batchHandler from '../../nodes/batch-handler/batch-handler.ts';
import { SyncError } from '../../src/base/errors.ts';
import { batchId } from '../../src/base/ids.ts';
import type { Engine } from '../../src/sync/engine.ts';
import { delivered, engineThat, lastStatus, load, messageAt, messagesAt, useNodeRed } from './support/flow.ts';

const announcement = (): NodeMessage => ({ req: { method: 'POST', query: {}, headers: {}, body: { 'data[id]': 'batch' } }, res: {} });

const loadHandler = (methods: Partial<Engine>): Promise<Node> => load(engineThat(methods), batchHandler, { type: 'mailchimpsync-batch-handler' }, { outputs: 2 });

describe('the batch results node', () => {
  useNodeRed();

  it('polls all open batches for a message that is no request', async () => {
    const asked: unknown[] = [];
    const node = await loadHandler({ handleBatches: (options) => { asked.push(Object.keys(options)); return Promise.resolve({ settled: 3 }); } });
    const [result, completed] = [messageAt('out0'), messageAt('completed')];
    const sent: NodeMessage = { topic: 'poll' };
    node.receive(sent);
    assert.equal(await result, sent);
    await completed;
    assert.deepEqual(sent.payload, { settled: 3 });
    assert.deepEqual(asked, [['signal']]);
  });

  it('leaves out a poll while one runs, and says so', async () => {
    const polled = Promise.withResolvers<Record<string, number>>();
    let polls = 0;
    const node = await loadHandler({ handleBatches: () => { polls += 1; return polled.promise; } });
    const [results, completions] = [messagesAt('out0'), messagesAt('completed')];
    node.receive({});
    node.receive({});
    await delivered();
    assert.deepEqual([polls, completions.length], [1, 1]);
    assert.equal(lastStatus(node)?.text, 'still polling');
    polled.resolve({});
    await delivered();
    assert.deepEqual([results.length, completions.length], [1, 2]);
  });

  it('answers a batch webhook at once, then settles the batch that it announces', async () => {
    const settled = Promise.withResolvers<Record<string, number>>();
    const asked: unknown[] = [];
    const node = await loadHandler({
      receiveBatchWebhook: () => Promise.resolve({ status: 200, body: 'OK', batchId: batchId('batch-1') }),
      handleBatches: (options) => { asked.push(options.batchId); return settled.promise; },
    });
    const [answered, result] = [messageAt('out1'), messageAt('out0')];
    node.receive(announcement());
    const answer = await answered;
    assert.deepEqual([answer['statusCode'], answer.payload], [200, 'OK']);
    settled.resolve({ settled: 1 });
    const message = await result;
    assert.deepEqual([message.payload, message['res']], [{ settled: 1 }, undefined]);
    assert.deepEqual(asked, ['batch-1']);
  });

  it('settles an announced batch although a poll is running', async () => {
    const polled = Promise.withResolvers<Record<string, number>>();
    const node = await loadHandler({
      receiveBatchWebhook: () => Promise.resolve({ status: 200, body: 'OK', batchId: batchId('batch-1') }),
      handleBatches: (options) => (options.batchId === undefined ? polled.promise : Promise.resolve({ announced: 1 })),
    });
    const result = messageAt('out0');
    node.receive({});
    node.receive(announcement());
    assert.deepEqual((await result).payload, { announced: 1 });
    polled.resolve({});
    await messageAt('out0');
  });

  it('answers a validation and does nothing more', async () => {
    const node = await loadHandler({ receiveBatchWebhook: () => Promise.resolve({ status: 200, body: 'OK' }) });
    const [answered, completed] = [messageAt('out1'), messageAt('completed')];
    node.receive({ req: { method: 'GET', query: {}, headers: {} }, res: {} });
    assert.equal((await answered)['statusCode'], 200);
    await completed;
  });

  it('answers a refused webhook without an error', async () => {
    const node = await loadHandler({ receiveBatchWebhook: () => Promise.resolve({ status: 400, body: 'malformed' }) });
    const [caught, answered, completed] = [messagesAt('caught'), messageAt('out1'), messageAt('completed')];
    node.receive(announcement());
    assert.equal((await answered)['statusCode'], 400);
    await completed;
    assert.equal(caught.length, 0);
  });

  it('reports an error of a poll with its code, and answers nobody', async () => {
    const node = await loadHandler({ handleBatches: () => Promise.reject(new SyncError('batch_result_invalid', 'no archive')) });
    const [answers, caught] = [messagesAt('out1'), messageAt('caught')];
    node.receive({});
    assert.equal(((await caught) as { error?: { code: string } }).error?.code, 'batch_result_invalid');
    await delivered();
    assert.equal(answers.length, 0);
  });
});
