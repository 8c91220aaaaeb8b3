import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import type { NodeAPI, NodeMessage } from 'node-red';
import helper from 'node-red-node-test-helper';
import dataHooks from '../../nodes/data-hooks/data-hooks.ts';
import hookReturn from '../../nodes/hook-return/hook-return.ts';
import { codeOf, SyncError } from '../../src/base/errors.ts';
import { contactId, emailAddress, listId, rowId, runId } from '../../src/base/ids.ts';
import type { Engine } from '../../src/sync/engine.ts';
import { readHookAnswer } from '../../src/sync/data/hook-answer.ts';
import type { HookAnswer, HookRow, HookRun, HookRunner } from '../../src/sync/data/hook-runner.ts';
import { delivered, engineThat, load, logged, messageAt, messagesAt, useNodeRed, type FlowNode } from './support/flow.ts';
import { RUN_MESSAGE, runLike } from './support/runs.ts';

const core = createRequire(createRequire(import.meta.url).resolve('node-red'));
const functionNode = core('@node-red/nodes/core/function/10-function.js') as (RED: NodeAPI) => void;

const RUN: HookRun = { runId: runId('run-1'), listId: listId('aaaaaaaaaa'), all: true };
const person = (id: number): HookRow => ({ id: rowId(id), contactId: contactId(100 + id), email: emailAddress(`p${id}@example.org`), member: { status: 'subscribed', firstName: 'Wilma', lastName: '' }, memory: null });
const SETTINGS = { names: true, tags: null, mergeFields: {} } as const;

/** An engine whose stage does this with the hook that the node gives it. */
const asking = (work: (hook: HookRunner, signal: AbortSignal) => Promise<void>): Engine =>
  engineThat({
    runStage: async (stage, _id, { hook, signal }) => {
      assert.ok(hook, 'no hook was given');
      await work(hook, signal);
      return { kind: 'done', counts: {}, run: runLike({ stage }) };
    },
  });

const ask = (hook: HookRunner, signal: AbortSignal, ...rows: readonly HookRow[]): Promise<HookAnswer | null> => {
  assert.ok(hook.rows);
  return hook.rows(RUN, rows, (answer) => readHookAnswer(answer, rows, SETTINGS), signal);
};

/** A hook in the flow: a function node with this text, and a hook return behind it. */
const hookOf = (func: string): readonly FlowNode[] => [
  { id: 'hook', type: 'function', z: 'tab', func, outputs: 1, libs: [], wires: [['return']] },
  { id: 'return', type: 'mailchimpsync-hook-return', z: 'tab', wires: [] },
];

const hooked = (engine: Engine, func: string, node: Readonly<Record<string, unknown>> = {}) =>
  load(engine, dataHooks, { type: 'mailchimpsync-data-hooks', hook: 'paid', wires: [['out0'], [], ['hook']], ...node }, { more: hookOf(func), also: [hookReturn, functionNode] });

const errorOf = (message: NodeMessage): { code?: string; message?: string } => (message as { error?: { code?: string; message?: string } }).error ?? {};

describe('hooks in the flow', () => {
  useNodeRed();

  it('with nothing wired to its second and third output, data hooks asks nobody', async () => {
    const engine = engineThat({
      runStage: (stage, _id, { hook }) => {
        assert.equal(hook, undefined);
        return Promise.resolve({ kind: 'done', counts: {}, run: runLike({ stage }) });
      },
    });
    const node = await load(engine, dataHooks, { type: 'mailchimpsync-data-hooks', wires: [['out0'], [], []] });
    const out = messageAt('out0');
    node.receive({ sync: RUN_MESSAGE });
    await out;
  });

  it('rows go out as an array, and come back through a function node with what members are to have', async () => {
    let answer: HookAnswer | null = null;
    const engine = asking(async (hook, signal) => {
      assert.deepEqual([hook.name, hook.size, hook.everybody], ['paid', 500, false]);
      answer = await ask(hook, signal, person(1), person(2));
    });
    const node = await hooked(engine, 'msg.payload = msg.payload.map((row) => ({ ...row, merge_fields: { PAIDTO: "2027-01-31" }, tags: ["member"], vip: true, language: "en", memory: row.contactId })); return msg;');
    const out = messageAt('out0');
    node.receive({ sync: RUN_MESSAGE });
    await out;
    assert.deepEqual(answer, new Map([1, 2].map((id) => [rowId(id), { wants: { 'merge:PAIDTO': '2027-01-31', 'tag:member': true, language: 'en', vip: true }, memory: 100 + id }])));
  });

  it('the message before the rows is waited for where it ends in a hook return', async () => {
    const order: string[] = [];
    const engine = asking(async (hook, signal) => {
      await hook.before(RUN, signal);
      order.push('rows');
    });
    const node = await hooked(engine, 'if (msg.topic === "pre") node.status({ text: "loading" }); return msg;', { wires: [['out0'], ['hook'], ['hook']] });
    helper.getNode('hook').on('input', (message) => order.push(String(message.topic)));
    const out = messageAt('out0');
    node.receive({ sync: RUN_MESSAGE });
    await out;
    assert.deepEqual(order, ['pre', 'rows']);
  });

  for (const [onFailure, expected] of [['stop', 'hook_silent'], ['skip', 'skip']] as const)
    it(`the message before the rows that is not answered ends in ${expected}`, async () => {
      const ended = Promise.withResolvers<unknown>();
      const engine = asking(async (hook, signal) => {
        await hook.before(RUN, signal).then(ended.resolve, (error: unknown) => ended.resolve(codeOf(error)));
      });
      const node = await hooked(engine, 'return null;', { wires: [['out0'], ['hook'], ['hook']], timeout: '0.2', onFailure });
      node.receive({ sync: RUN_MESSAGE });
      assert.equal(await ended.promise, expected);
    });

  it('the message before the rows is not waited for where nobody will answer', async () => {
    const node = await load(asking(async (hook, signal) => void (await hook.before(RUN, signal))), dataHooks, { type: 'mailchimpsync-data-hooks', wires: [['out0'], ['out1'], []] }, { outputs: 2 });
    const [out, pre] = [messageAt('out0'), messageAt('out1')];
    node.receive({ sync: RUN_MESSAGE });
    await out;
    assert.deepEqual((await pre).payload, { all: true });
  });

  for (const [what, func, code] of [
    ['sets a status', 'msg.payload[0].status = "unsubscribed"; return msg;', 'hook_refused'],
    ['gives back no array', 'msg.payload = {}; return msg;', 'hook_refused'],
    ['is silent', 'return null;', 'hook_silent'],
    ['throws, and no catch node says so', 'throw new Error("no database");', 'hook_silent'],
  ] as const) {
    it(`a hook that ${what} ends the run with ${code}`, async () => {
      const node = await hooked(asking(async (hook, signal) => void (await ask(hook, signal, person(1)))), func, { timeout: '0.2' });
      const errors = messagesAt('caught');
      const outs = messagesAt('out0');
      const failed = new Promise<void>((resolve) => {
        helper.getNode('caught').on('input', (message) => { if ((message as { error?: { source?: { id: string } } }).error?.source?.id === 'node') resolve(); });
      });
      node.receive({ sync: RUN_MESSAGE });
      await failed;
      await delivered();
      assert.equal(outs.length, 0);
      assert.ok(errors.some((message) => errorOf(message).code === code), JSON.stringify(errors.map(errorOf)));
    });

    it(`a hook that ${what} costs its rows, where the node says so`, async () => {
      const answers: (HookAnswer | null)[] = [];
      const node = await hooked(asking(async (hook, signal) => void answers.push(await ask(hook, signal, person(1)))), func, { timeout: '0.2', onFailure: 'skip' });
      const out = messageAt('out0');
      node.receive({ sync: RUN_MESSAGE });
      await out;
      assert.deepEqual(answers, [null]);
      assert.match(logged(), /1 rows are skipped/);
    });
  }

  it('says clearly that a hook may not set the status', async () => {
    const node = await hooked(asking(async (hook, signal) => void (await ask(hook, signal, person(1)))), 'msg.payload[0].status = "unsubscribed"; return msg;');
    const caught = messageAt('caught');
    node.receive({ sync: RUN_MESSAGE });
    assert.match(errorOf(await caught).message ?? '', /set the status of row 1/);
  });

  it('a catch node wired to the hook return says at once that the hook failed', async () => {
    // What a catch node sends: the message as it was, with the error. (The helper loads one catch node a flow.)
    const caught = 'msg.error = { message: "no database", source: { id: "hook" } }; return msg;';
    const failure = Promise.withResolvers<unknown>();
    const engine = asking(async (hook, signal) => {
      await ask(hook, signal, person(1)).catch((error: unknown) => failure.resolve(error));
    });
    const node = await hooked(engine, caught);
    node.receive({ sync: RUN_MESSAGE });
    const error = await failure.promise;
    assert.ok(error instanceof SyncError && error.code === 'hook_failed' && error.message.includes('no database'));
  });

  it('a hook that answers twice is told so, and the run goes on', async () => {
    const node = await hooked(asking(async (hook, signal) => void (await ask(hook, signal, person(1)))), 'node.send(msg); return msg;');
    const [out, caught] = [messageAt('out0'), messageAt('caught')];
    node.receive({ sync: RUN_MESSAGE });
    await out;
    assert.equal(errorOf(await caught).code, 'hook_unknown');
  });

  it('its own errors, brought back by a catch node for the whole tab, go round no further', async () => {
    await hooked(asking(() => Promise.resolve()), 'return msg;');
    const errors = messagesAt('caught');
    helper.getNode('caught').on('input', (message) => helper.getNode('return').receive(message));
    helper.getNode('return').receive({ payload: [], hook: { id: 'nobody waits' } });
    await delivered();
    await delivered();
    assert.deepEqual(errors.map((message) => errorOf(message).code), ['hook_unknown']);
  });

  it('a message that is none of a hook’s is refused at the hook return', async () => {
    await hooked(asking(() => Promise.resolve()), 'return msg;');
    const caught = messageAt('caught');
    helper.getNode('return').receive({ payload: [] });
    assert.equal(errorOf(await caught).code, 'message_invalid');
  });

  it('a node that is closed while a hook is out waits no longer', async () => {
    const asked = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<unknown>();
    const engine = asking(async (hook, signal) => {
      const answer = ask(hook, signal, person(1));
      asked.resolve();
      await answer.catch((error: unknown) => { ended.resolve(error); throw error; });
    });
    const node = await hooked(engine, 'return null;', { timeout: 3600 });
    node.receive({ sync: RUN_MESSAGE });
    await asked.promise;
    await helper.clearFlows();
    const error = await ended.promise;
    assert.ok(error instanceof SyncError && error.code === 'aborted');
  });

  it('two hooks keep apart by their names, one behind the other', async () => {
    const names: string[] = [];
    const engine = engineThat({
      runStage: async (stage, _id, { hook, signal }) => {
        names.push(hook!.name);
        await ask(hook!, signal, person(1));
        return { kind: 'done', counts: {}, run: runLike({ stage }) };
      },
    });
    const second: readonly FlowNode[] = [{ id: 'second', type: 'mailchimpsync-data-hooks', z: 'tab', config: 'config', hook: 'gave', wires: [['out0'], [], ['hook']] }];
    const node = await load(engine, dataHooks, { type: 'mailchimpsync-data-hooks', hook: 'paid', wires: [['second'], [], ['hook']] }, { more: [...hookOf('return msg;'), ...second], also: [hookReturn, functionNode] });
    const out = messageAt('out0');
    node.receive({ sync: RUN_MESSAGE });
    await out;
    assert.deepEqual(names, ['paid', 'gave']);
  });
});
