import assert from 'node:assert/strict';
import type { Node, NodeMessage } from 'node-red';
import webhook from '../../nodes/webhook/webhook.ts';
import { SyncError } from '../../src/base/errors.ts';
import { listId } from '../../src/base/ids.ts';
import type { Engine, WebhookRequest } from '../../src/sync/engine.ts';
import { delivered, engineThat, lastStatus, load, logged, messageAt, messagesAt, useNodeRed } from './support/flow.ts';

const posted = (): NodeMessage => ({ req: { method: 'POST', query: { secret: 's' }, headers: { 'user-agent': 'MailChimp' }, body: { type: 'subscribe' } }, res: { marked: 'response' }, payload: { type: 'subscribe' } });

const stored: Pick<Engine, 'receiveWebhook'> = { receiveWebhook: () => Promise.resolve({ status: 200, body: 'OK', listId: listId('aaaaaaaaaa') }) };

const loadWebhook = (methods: Partial<Engine>): Promise<Node> => load(engineThat(methods), webhook, { type: 'mailchimpsync-webhook' }, { outputs: 2 });

describe('the list webhook node', () => {
  useNodeRed();

  it('hands the request over as it came', async () => {
    const seen: WebhookRequest[] = [];
    const node = await loadWebhook({ receiveWebhook: (request) => { seen.push(request); return Promise.resolve({ status: 200, body: 'OK' }); } });
    const answered = messageAt('out1');
    node.receive(posted());
    await answered;
    assert.deepEqual(seen, [{ method: 'POST', query: { secret: 's' }, headers: { 'user-agent': 'MailChimp' }, body: { type: 'subscribe' } }]);
  });

  it('answers before it handles, then sends the counts without the request', async () => {
    const handled = Promise.withResolvers<{ person: number }>();
    const node = await loadWebhook({ ...stored, handleInbox: () => handled.promise });
    const [answers, results, completions] = [messageAt('out1'), messagesAt('out0'), messagesAt('completed')];
    node.receive(posted());
    const answer = await answers;
    assert.deepEqual([answer['statusCode'], answer.payload, answer['res']], [200, 'OK', { marked: 'response' }]);
    await delivered();
    assert.deepEqual([results.length, completions.length], [0, 0]);
    const result = messageAt('out0');
    handled.resolve({ person: 1 });
    const message = await result;
    assert.deepEqual(message.payload, { person: 1 });
    assert.deepEqual([message['req'], message['res']], [undefined, undefined]);
  });

  it('handles nothing when the answer names no audience, as for a validation', async () => {
    const node = await loadWebhook({ receiveWebhook: () => Promise.resolve({ status: 200, body: 'OK' }) });
    const [answered, completed] = [messageAt('out1'), messageAt('completed')];
    node.receive({ req: { method: 'GET', query: {}, headers: {} }, res: {} });
    assert.equal((await answered)['statusCode'], 200);
    await completed;
  });

  it('answers a refused webhook, shows and logs it, and raises no error', async () => {
    const node = await loadWebhook({ receiveWebhook: () => Promise.resolve({ status: 401, body: 'wrong secret' }) });
    const [caught, answered, completed] = [messagesAt('caught'), messageAt('out1'), messageAt('completed')];
    node.receive(posted());
    assert.equal((await answered)['statusCode'], 401);
    await completed;
    assert.equal(caught.length, 0);
    assert.deepEqual(lastStatus(node), { fill: 'yellow', shape: 'ring', text: 'refused 401' });
    assert.match(logged(), /refused with status 401/);
  });

  it('answers 503 when a webhook cannot be stored, so that it is sent again, and reports why', async () => {
    const node = await loadWebhook({ receiveWebhook: () => Promise.reject(new SyncError('store_unavailable', 'the store does not open')) });
    const [answered, caught] = [messageAt('out1'), messageAt('caught')];
    node.receive(posted());
    assert.equal((await answered)['statusCode'], 503);
    assert.equal(((await caught) as { error?: { code: string } }).error?.code, 'store_unavailable');
  });

  it('answers once, although handling fails afterwards', async () => {
    const node = await loadWebhook({ ...stored, handleInbox: () => Promise.reject(new SyncError('civicrm_unreachable', 'no answer')) });
    const [answers, caught] = [messagesAt('out1'), messageAt('caught')];
    node.receive(posted());
    assert.equal(((await caught) as { error?: { code: string } }).error?.code, 'civicrm_unreachable');
    await delivered();
    assert.deepEqual(answers.map(({ statusCode }) => statusCode), [200]);
  });

  it('handles in one turn at a time, and takes another for what came in meanwhile', async () => {
    const turns = [Promise.withResolvers<Record<string, number>>(), Promise.withResolvers<Record<string, number>>()];
    let taken = 0;
    const node = await loadWebhook({ ...stored, handleInbox: () => turns[taken++]?.promise ?? Promise.reject(new Error('one turn too many')) });
    const [results, answers, completions] = [messagesAt('out0'), messagesAt('out1'), messagesAt('completed')];
    for (let count = 0; count < 5; count += 1) node.receive(posted());
    await delivered();
    assert.deepEqual([taken, answers.length, completions.length], [1, 5, 4]);
    turns[0]?.resolve({ turn: 1 });
    turns[1]?.resolve({ turn: 2 });
    await delivered();
    assert.deepEqual(results.map(({ payload }) => payload), [{ turn: 1 }, { turn: 2 }]);
    assert.equal(completions.length, 5);
  });

  it('handles what waits when a message is no request', async () => {
    const node = await loadWebhook({ handleInbox: () => Promise.resolve({ waited: 2 }) });
    const [answers, result] = [messagesAt('out1'), messageAt('out0')];
    node.receive({ payload: 'now' });
    assert.deepEqual((await result).payload, { waited: 2 });
    assert.equal(answers.length, 0);
  });
});
