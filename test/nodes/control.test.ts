import assert from 'node:assert/strict';
import type { Node } from 'node-red';
import control from '../../nodes/control/control.ts';
import start from '../../nodes/start/start.ts';
import { listId } from '../../src/base/ids.ts';
import type { AudienceStatus, Engine } from '../../src/sync/engine.ts';
import type { WebhookReport } from '../../src/sync/webhooks/administer.ts';
import { engineThat, load, messageAt, useNodeRed } from './support/flow.ts';
import { RUN_MESSAGE, runLike } from './support/runs.ts';

const statusLike = (id: string): AudienceStatus => ({
  listId: listId(id), name: id, rows: { todo: 0, live: 0, ok: 5, redo: 0, fail: 0 }, fails: {}, lastRun: null, fetchedAt: null, openBatches: [], queuedUpdates: 0, inbox: 0,
  brake: { held: null, people: { subscribe: 0, unsubscribe: 0, add: 0, remove: 0, create: 0, rename: 0 }, limit: 25, webhooksBeyondLimits: 0 },
  webhooks: { expected: false, heardAt: null, checkedAt: null, problems: [], batchProblems: [] },
});

const START = { id: 'starter', type: 'mailchimpsync-start', z: 'tab', config: 'config', lists: '', mode: 'incremental', since: '', withData: false, dryRun: false, wires: [['run']] };

const loadControl = (methods: Partial<Engine>, properties: object = {}): Promise<Node> =>
  load(engineThat(methods), control, { type: 'mailchimpsync-control', start: '', ...properties }, { more: [START, { id: 'run', type: 'helper', z: 'tab', wires: [] }], also: [start] });

const errorOf = async (): Promise<{ code: string; message: string } | undefined> => ((await messageAt('caught')) as { error?: { code: string; message: string } }).error;

describe('the control node', () => {
  useNodeRed();

  it('says how all audiences stand', async () => {
    const node = await loadControl({ status: () => Promise.resolve([statusLike('aaaaaaaaaa'), statusLike('bbbbbbbbbb')]) });
    const out = messageAt('out0');
    node.receive({ topic: 'status' });
    assert.deepEqual((await out).payload, [statusLike('aaaaaaaaaa'), statusLike('bbbbbbbbbb')]);
  });

  for (const action of ['check', 'add', 'repair', 'delete'] as const)
    it(`does to webhooks what the payload says: ${action}`, async () => {
      const seen: unknown[] = [];
      const report: WebhookReport = { of: 'list', name: 'bbbbbbbbbb', done: 'nothing', problems: ['missing'] };
      const node = await loadControl({ administerWebhooks: (what, { listIds }) => { seen.push([what, listIds]); return Promise.resolve([report]); } });
      const out = messageAt('out0');
      node.receive({ topic: 'webhooks', payload: action, sync: { listId: 'bbbbbbbbbb' } });
      assert.deepEqual((await out).payload, [report]);
      assert.deepEqual(seen, [[action, ['bbbbbbbbbb']]]);
    });

  it('refuses to do anything else to webhooks', async () => {
    const node = await loadControl({});
    const failed = errorOf();
    node.receive({ topic: 'webhooks', payload: 'destroy' });
    const error = await failed;
    assert.equal(error?.code, 'message_invalid');
    assert.match(error.message, /check, add, repair, delete/);
  });

  it('says how the audience that is asked for stands', async () => {
    const node = await loadControl({ status: () => Promise.resolve([statusLike('aaaaaaaaaa'), statusLike('bbbbbbbbbb')]) });
    const out = messageAt('out0');
    node.receive({ topic: 'status', sync: { listId: 'bbbbbbbbbb' } });
    assert.deepEqual((await out).payload, [statusLike('bbbbbbbbbb')]);
  });

  it('starts a run through the start node that the dialog names', async () => {
    const node = await loadControl({ start: (list, request) => Promise.resolve({ kind: 'started', run: runLike({ listId: list, ...request }) }) }, { start: 'starter' });
    const [run, answer] = [messageAt('run'), messageAt('out0')];
    node.receive({ topic: 'run', sync: { listId: 'aaaaaaaaaa', mode: 'full' } });
    assert.deepEqual((await run)['sync'], { ...RUN_MESSAGE, mode: 'full' });
    assert.deepEqual((await answer).payload, { asked: { listId: 'aaaaaaaaaa', mode: 'full' } });
  });

  it('says that a run needs a start node when there is none', async () => {
    const node = await loadControl({});
    const error = errorOf();
    node.receive({ topic: 'run' });
    assert.equal((await error)?.code, 'message_invalid');
    assert.match((await error)?.message ?? '', /start node/);
  });

  it('ends the runs of all audiences, and says which there were', async () => {
    const asked: string[] = [];
    const node = await loadControl({ abort: (list) => { asked.push(list); return Promise.resolve(list === 'bbbbbbbbbb' ? runLike({ listId: list, state: 'aborted' }) : null); } });
    const out = messageAt('out0');
    node.receive({ topic: 'abort' });
    assert.deepEqual((await out).payload, [runLike({ listId: listId('bbbbbbbbbb'), state: 'aborted' })]);
    assert.deepEqual(asked, ['aaaaaaaaaa', 'bbbbbbbbbb']);
  });

  it('ends the run of one audience when it is named', async () => {
    const asked: string[] = [];
    const node = await loadControl({ abort: (list) => { asked.push(list); return Promise.resolve(null); } });
    const out = messageAt('out0');
    node.receive({ topic: 'abort', sync: { listId: 'aaaaaaaaaa' } });
    assert.deepEqual((await out).payload, []);
    assert.deepEqual(asked, ['aaaaaaaaaa']);
  });

  it('releases people of a reason, of one audience or all', async () => {
    const asked: unknown[] = [];
    const node = await loadControl({ release: (list, reason) => { asked.push([list, reason]); return Promise.resolve(2); } });
    const out = messageAt('out0');
    node.receive({ topic: 'release', payload: 'forgotten', sync: { listId: 'aaaaaaaaaa' } });
    assert.deepEqual((await out).payload, { aaaaaaaaaa: 2 });
    assert.deepEqual(asked, [['aaaaaaaaaa', 'forgotten']]);
  });

  it('releases nobody for a reason that there is not', async () => {
    const node = await loadControl({});
    const error = errorOf();
    node.receive({ topic: 'release', payload: 'forgoten' });
    assert.equal((await error)?.code, 'message_invalid');
    assert.match((await error)?.message ?? '', /all, no_email/);
  });

  it('refuses a topic that is no command, and names those there are', async () => {
    const node = await loadControl({});
    const error = errorOf();
    node.receive({ topic: 'stop' });
    assert.equal((await error)?.code, 'message_invalid');
    assert.match((await error)?.message ?? '', /status, run, plan, approve, reject, abort/);
  });
});
