import assert from 'node:assert/strict';
import type { NodeAPI, NodeMessage } from 'node-red';
import addCiviOnly from '../../nodes/add-civi-only/add-civi-only.ts';
import cleanDuplicates from '../../nodes/clean-duplicates/clean-duplicates.ts';
import createContacts from '../../nodes/create-contacts/create-contacts.ts';
import dataHooks from '../../nodes/data-hooks/data-hooks.ts';
import fetch from '../../nodes/fetch/fetch.ts';
import identifyChanges from '../../nodes/identify-changes/identify-changes.ts';
import populate from '../../nodes/populate/populate.ts';
import reconcile from '../../nodes/reconcile/reconcile.ts';
import removeInvalid from '../../nodes/remove-invalid/remove-invalid.ts';
import submit from '../../nodes/submit/submit.ts';
import helper from 'node-red-node-test-helper';
import { SyncError } from '../../src/base/errors.ts';
import type { StageName } from '../../src/store/entities.ts';
import type { StageOptions } from '../../src/sync/engine.ts';
import { delivered, engineThat, lastStatus, load, logged, messageAt, messagesAt, statusesOf, useNodeRed } from './support/flow.ts';
import { RUN_MESSAGE, runLike } from './support/runs.ts';

const STAGES: readonly (readonly [type: string, initialize: (RED: NodeAPI) => void, stage: StageName])[] = [
  ['mailchimpsync-fetch', fetch, 'fetch'],
  ['mailchimpsync-remove-invalid', removeInvalid, 'removeInvalid'],
  ['mailchimpsync-populate', populate, 'populate'],
  ['mailchimpsync-create-contacts', createContacts, 'createContacts'],
  ['mailchimpsync-clean-duplicates', cleanDuplicates, 'cleanDuplicates'],
  ['mailchimpsync-add-civi-only', addCiviOnly, 'addCiviOnly'],
  ['mailchimpsync-identify-changes', identifyChanges, 'identifyChanges'],
  ['mailchimpsync-data-hooks', dataHooks, 'dataHooks'],
  ['mailchimpsync-reconcile', reconcile, 'reconcile'],
  ['mailchimpsync-submit', submit, 'submit'],
];

const FETCH = { type: 'mailchimpsync-fetch' } as const;

describe('a stage node', () => {
  useNodeRed();

  for (const [type, initialize, stage] of STAGES)
    it(`${type} runs the stage ${stage} and sends the same message on with its counts`, async () => {
      const asked: unknown[] = [];
      const engine = engineThat({
        runStage: (name, id) => {
          asked.push([name, id]);
          return Promise.resolve({ kind: 'done', counts: { rows: 7 }, run: runLike({ stage: name }) });
        },
      });
      const node = await load(engine, initialize, { type });
      const sent: NodeMessage = { sync: RUN_MESSAGE, topic: 'kept' };
      const [out, completed] = [messageAt('out0'), messageAt('completed')];
      node.receive(sent);
      const message = await out;
      await completed;
      assert.deepEqual(asked, [[stage, 'run-1']]);
      assert.equal(message, sent);
      assert.deepEqual(message.payload, { rows: 7 });
      assert.deepEqual(message['sync'], { ...RUN_MESSAGE, stage });
      assert.equal(message.topic, 'kept');
      assert.deepEqual(lastStatus(node), { fill: 'green', shape: 'dot', text: 'done' });
    });

  it('lets a message through untouched when the run has passed it', async () => {
    const node = await load(engineThat({ runStage: () => Promise.resolve({ kind: 'passed' }) }), fetch, FETCH);
    const out = messageAt('out0');
    node.receive({ sync: RUN_MESSAGE, payload: 'as it was' });
    const message = await out;
    assert.deepEqual([message['sync'], message.payload], [RUN_MESSAGE, 'as it was']);
    assert.equal(lastStatus(node)?.text, 'passed on');
  });

  it('shows progress', async () => {
    const engine = engineThat({
      runStage: (_stage, _run, { progress }) => {
        progress?.({ done: 12_000, total: 50_000 });
        return Promise.resolve({ kind: 'passed' });
      },
    });
    const node = await load(engine, fetch, FETCH);
    const out = messageAt('out0');
    node.receive({ sync: RUN_MESSAGE });
    await out;
    assert.ok(statusesOf(node).some(({ text }) => text === 'fetch 12,000/50,000'));
  });

  for (const [what, sync] of [['no run', undefined], ['a run without id', { ...RUN_MESSAGE, runId: '' }], ['an unknown mode', { ...RUN_MESSAGE, mode: 'all' }]] as const)
    it(`refuses a message with ${what}, so that a catch node gets it with its code`, async () => {
      const node = await load(engineThat({}), fetch, FETCH);
      const [outs, completions, caught] = [messagesAt('out0'), messagesAt('completed'), messageAt('caught')];
      node.receive({ sync, payload: 1 });
      const { error } = (await caught) as { error?: { code: string; message: string } };
      assert.equal(error?.code, 'message_invalid');
      assert.match(error.message, /msg\.sync/);
      await delivered();
      assert.deepEqual([outs.length, completions.length], [0, 0]);
      assert.deepEqual(lastStatus(node), { fill: 'red', shape: 'ring', text: 'no run in message' });
    });

  it('gives catch nodes code and message of an error, and neither its cause nor a secret', async () => {
    const key = '0123456789abcdef0123456789abcdef-us11';
    const failing = engineThat({ runStage: () => Promise.reject(new SyncError('mailchimp_unreachable', `no answer to ${key}`, { cause: { headers: { authorization: key } } })) });
    const node = await load(failing, fetch, FETCH);
    const caught = messageAt('caught');
    node.receive({ sync: RUN_MESSAGE });
    const message = await caught;
    assert.equal((message as { error?: { code: string } }).error?.code, 'mailchimp_unreachable');
    assert.ok(!JSON.stringify(message).includes('0123456789abcdef'));
    assert.ok(!logged().includes('0123456789abcdef'));
    assert.equal(lastStatus(node)?.text, 'no Mailchimp');
  });

  it('says of an error that is not ours that it is internal', async () => {
    const node = await load(engineThat({ runStage: () => Promise.reject(new TypeError('x is undefined')) }), fetch, FETCH);
    const caught = messageAt('caught');
    node.receive({ sync: RUN_MESSAGE });
    assert.equal(((await caught) as { error?: { code: string } }).error?.code, 'internal');
  });

  it('says what is missing when it has no configuration', async () => {
    const node = await load(engineThat({}), fetch, { ...FETCH, config: '' });
    const caught = messageAt('caught');
    node.receive({ sync: RUN_MESSAGE });
    assert.equal(((await caught) as { error?: { code: string } }).error?.code, 'settings_invalid');
  });

  it('when closed aborts the stage, waits for it, and neither sends nor reports', async () => {
    const events: string[] = [];
    const started = Promise.withResolvers<void>();
    const ending = Promise.withResolvers<void>();
    const engine = engineThat({
      runStage: async (_stage, _run, { signal }) => {
        signal.addEventListener('abort', () => { events.push('aborted'); ending.resolve(); });
        started.resolve();
        await ending.promise;
        await delivered();
        events.push('ended');
        return { kind: 'done', counts: {}, run: runLike() };
      },
      close: () => { events.push('engine closed'); return Promise.resolve(); },
    });
    const node = await load(engine, fetch, FETCH);
    const [outs, caught, completed] = [messagesAt('out0'), messagesAt('caught'), messagesAt('completed')];
    node.receive({ sync: RUN_MESSAGE });
    await started.promise;
    await helper.clearFlows();
    events.push('node closed');
    await delivered();
    assert.deepEqual(events, ['aborted', 'ended', 'engine closed', 'node closed']);
    assert.deepEqual([outs.length, caught.length, completed.length], [0, 0, 0]);
  });
});

const submitNode = { id: 'submit', type: 'mailchimpsync-submit', z: 'tab', config: 'config', wires: [] };

/** Whether a node of this type, wired so, is told that the run ends with it. */
const lastOf = async (type: string, initialize: (RED: NodeAPI) => void, more: readonly { id: string; type: string }[], wires: readonly (readonly string[])[]): Promise<boolean | undefined> => {
  const given = Promise.withResolvers<StageOptions>();
  const engine = engineThat({
    runStage: (_stage, _run, options) => {
      given.resolve(options);
      return Promise.resolve({ kind: 'passed' });
    },
  });
  const node = await load(engine, initialize, { type, wires }, { outputs: 0, more, also: initialize === submit ? [] : [submit] });
  node.receive({ sync: RUN_MESSAGE });
  return (await given.promise).last;
};

describe('the end of a run', () => {
  useNodeRed();

  it('comes with reconcile when no submit follows', async () => {
    assert.equal(await lastOf('mailchimpsync-reconcile', reconcile, [], [[], []]), true);
  });

  it('does not come with reconcile when submit follows, whatever stands between', async () => {
    const between = { id: 'between', type: 'helper', z: 'tab', wires: [['submit']] };
    assert.equal(await lastOf('mailchimpsync-reconcile', reconcile, [between, submitNode], [['between'], []]), false);
  });

  it('does not count a submit behind the output for held plans', async () => {
    assert.equal(await lastOf('mailchimpsync-reconcile', reconcile, [submitNode], [[], ['submit']]), true);
  });

  it('does not count a submit that is disabled', async () => {
    assert.equal(await lastOf('mailchimpsync-reconcile', reconcile, [{ ...submitNode, d: true } as typeof submitNode], [['submit'], []]), true);
  });

  it('is found in a flow that runs in a circle', async () => {
    const back = { id: 'back', type: 'helper', z: 'tab', wires: [['node']] };
    assert.equal(await lastOf('mailchimpsync-reconcile', reconcile, [back], [['back'], []]), true);
  });

  it('comes with submit', async () => {
    assert.equal(await lastOf('mailchimpsync-submit', submit, [], [[]]), true);
  });

  it('never comes with another stage', async () => {
    assert.equal(await lastOf('mailchimpsync-fetch', fetch, [], [[]]), false);
  });

  it('of a held plan goes out by the second output of reconcile', async () => {
    const node = await load(engineThat({ runStage: () => Promise.resolve({ kind: 'done', counts: {}, run: runLike({ state: 'held' }) }) }), reconcile, { type: 'mailchimpsync-reconcile' }, { outputs: 2 });
    const [first, second] = [messagesAt('out0'), messageAt('out1')];
    node.receive({ sync: RUN_MESSAGE });
    assert.equal(((await second)['sync'] as { stage: string }).stage, 'reconcile');
    assert.equal(first.length, 0);
    assert.deepEqual([lastStatus(node)?.fill, lastStatus(node)?.text], ['yellow', 'waits for approval']);
    assert.match(logged(), /it waits for approval.*"approve" or "reject"/);
  });

  it('of a dry run goes out there too, and waits for nobody', async () => {
    const node = await load(engineThat({ runStage: () => Promise.resolve({ kind: 'done', counts: {}, run: runLike({ state: 'held', dryRun: true }) }) }), reconcile, { type: 'mailchimpsync-reconcile' }, { outputs: 2 });
    const second = messageAt('out1');
    node.receive({ sync: RUN_MESSAGE });
    await second;
    assert.deepEqual([lastStatus(node)?.fill, lastStatus(node)?.text], ['green', 'dry run: see plan']);
    assert.doesNotMatch(logged(), /approv/);
  });
});
