import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import helper from 'node-red-node-test-helper';
import { listId } from '../../src/base/ids.ts';
import { simulatorSettings } from '../../src/simulator/simulator-settings.ts';
import type { Engine } from '../../src/sync/engine.ts';
import { configOver, engineThat, messageAt, SECRETS, SETTINGS, useNodeRed } from './support/flow.ts';
import { runLike } from './support/runs.ts';
import { FlowServer, readFlow } from './support/served-flow.ts';

const root = join(import.meta.dirname, '../..');

describe('the reference flow', () => {
  const server = new FlowServer();
  let address: string;

  before(async () => {
    address = await server.listen();
  });
  useNodeRed();
  after(() => server.close());

  const loadReferenceFlow = (methods: Partial<Engine>): Promise<void> => server.load(configOver(engineThat(methods)), SETTINGS, SECRETS);

  it('takes a run through all stages in order, and ends it with the last', async () => {
    const stages: (readonly [string, boolean | undefined])[] = [];
    const started: string[] = [];
    await loadReferenceFlow({
      start: (list, request) => { started.push(`${list} ${request.mode}`); return Promise.resolve({ kind: 'started', run: runLike({ listId: list, ...request }) }); },
      runStage: (stage, _run, { last }) => { stages.push([stage, last]); return Promise.resolve({ kind: 'done', counts: {}, run: runLike({ stage }) }); },
    });
    const done = messageAt('sync-done');
    helper.getNode('sync-start').receive({ sync: { listId: 'aaaaaaaaaa' } });
    await done;
    assert.deepEqual(started, ['aaaaaaaaaa incremental']);
    assert.deepEqual(stages.map(([stage]) => stage), ['fetch', 'removeInvalid', 'populate', 'createContacts', 'cleanDuplicates', 'addCiviOnly', 'identifyChanges', 'dataHooks', 'reconcile', 'submit']);
    assert.deepEqual(stages.filter(([, last]) => last === true), [['submit', true]]);
  });

  for (const [inject, mode] of [['sync-every-quarter', 'incremental'], ['sync-every-night', 'full'], ['sync-now', 'incremental']] as const)
    it(`starts a run in mode ${mode} by ${inject}`, async () => {
      const modes = new Set<string>();
      await loadReferenceFlow({
        start: (_list, request) => {
          modes.add(request.mode);
          return Promise.resolve({ kind: 'not_started', reason: 'disabled', run: null });
        },
      });
      const refused = messageAt('sync-not-started');
      helper.getNode(inject).receive({});
      await refused;
      assert.deepEqual([...modes], [mode]);
    });

  it('tries a nightly run again later when another one is in the way', async () => {
    await loadReferenceFlow({ start: (list) => Promise.resolve({ kind: 'not_started', reason: list === 'aaaaaaaaaa' ? 'busy' : 'disabled', run: null }) });
    const later = new Promise<unknown>((resolve) => { helper.getNode('sync-later').on('input', (message) => resolve(message['sync'])); });
    helper.getNode('sync-every-night').receive({});
    assert.equal(((await later) as { listId: string; mode: string }).listId, 'aaaaaaaaaa');
  });

  it('answers Mailchimp when it checks the address of a webhook, and when it calls one', async () => {
    const seen: unknown[] = [];
    await loadReferenceFlow({
      receiveWebhook: ({ method, query, body }) => {
        seen.push({ method, secret: query['secret'], body: body instanceof Uint8Array ? Buffer.from(body).toString() : body });
        return Promise.resolve(method === 'GET' ? { status: 200, body: 'here' } : { status: 200, body: 'stored', listId: listId('aaaaaaaaaa') });
      },
      handleInbox: () => Promise.resolve({ person: 1 }),
    });
    const handled = messageAt('sync-handled');
    const checked = await fetch(`${address}/mailchimpsync/webhook?secret=s`);
    assert.deepEqual([checked.status, await checked.text()], [200, 'here']);
    const called = await fetch(`${address}/mailchimpsync/webhook?secret=s`, { method: 'POST', body: new URLSearchParams({ type: 'subscribe', 'data[id]': 'x' }) });
    assert.deepEqual([called.status, await called.text()], [200, 'stored']);
    assert.deepEqual((await handled).payload, { person: 1 });
    assert.deepEqual(seen, [{ method: 'GET', secret: 's', body: undefined }, { method: 'POST', secret: 's', body: 'type=subscribe&data%5Bid%5D=x' }]);
  });

  it('answers a batch webhook', async () => {
    await loadReferenceFlow({ receiveBatchWebhook: () => Promise.resolve({ status: 401, body: 'wrong secret' }) });
    const answer = await fetch(`${address}/mailchimpsync/batch-webhook?secret=wrong`, { method: 'POST', body: new URLSearchParams({ type: 'batch_operation_completed' }) });
    assert.deepEqual([answer.status, await answer.text()], [401, 'wrong secret']);
  });

  it('shows an error of any node behind its catch node', async () => {
    await loadReferenceFlow({});
    const caught = messageAt('sync-error');
    helper.getNode('sync-fetch').receive({ payload: 'no run' });
    assert.equal(((await caught) as { error?: { code: string } }).error?.code, 'message_invalid');
  });
});

describe('the examples', () => {
  it('hold the reference flow as it is', () => {
    assert.deepEqual(readFlow('examples', '01 reference flow.json'), readFlow('flows', 'reference-flow.json'));
  });

  for (const file of readdirSync(join(root, 'examples')))
    it(`"${file}" is whole: every wire and configuration leads somewhere`, () => {
      const nodes = readFlow('examples', file);
      const ids = nodes.map(({ id }) => id);
      // An example that is nothing without a sync works with that of the reference flow: a configuration of its own would be one more to fill in.
      const known = [...ids, 'sync-config', 'sync-start'];
      assert.equal(new Set(ids).size, ids.length);
      for (const node of nodes) {
        const { wires = [], config, start } = node as { wires?: string[][]; config?: string; start?: string };
        for (const id of wires.flat()) assert.ok(ids.includes(id), `${node.id} → ${id}`);
        for (const id of [config, start]) assert.ok(id === undefined || known.includes(id), `${node.id} → ${id}`);
      }
      assert.ok(String(nodes.find(({ type }) => type === 'tab')?.['info']).length > 100);
    });

  it('send the control node commands that it has', () => {
    const commands = readFileSync(join(root, 'docs', 'reference', 'nodes.md'), 'utf8');
    const topics = readFlow('examples', '03 status and abort.json').flatMap((node) => (node.type === 'inject' ? [String(node['topic'])] : []));
    assert.ok(topics.length >= 4);
    for (const topic of topics) assert.ok(commands.includes(`\n| \`${topic}\` |`), topic);
  });

  it('reach the simulators where their node puts them', () => {
    const nodes = readFlow('examples', '02 try it with the simulators.json');
    const simulators = nodes.find(({ type }) => type === 'mailchimpsync-simulator');
    const config = nodes.find(({ type }) => type === 'mailchimpsync-config');
    const expected = simulatorSettings({
      mailchimpUrl: `http://127.0.0.1:${String(simulators?.['mailchimpPort'])}`,
      civicrmUrl: `http://127.0.0.1:${String(simulators?.['civicrmPort'])}`,
      timezone: 'UTC',
      webhookBase: 'http://127.0.0.1:1880',
    });
    assert.deepEqual(JSON.parse(String(config?.['settings'])), expected);
  });
});
