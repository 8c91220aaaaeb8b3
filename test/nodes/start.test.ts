import assert from 'node:assert/strict';
import type { Node } from 'node-red';
import start from '../../nodes/start/start.ts';
import { SyncError } from '../../src/base/errors.ts';
import { runId } from '../../src/base/ids.ts';
import type { Engine } from '../../src/sync/engine.ts';
import type { RunRequest } from '../../src/sync/stage.ts';
import { delivered, engineThat, lastStatus, load, messageAt, messagesAt, useNodeRed } from './support/flow.ts';
import { RUN_MESSAGE, runLike } from './support/runs.ts';

const DIALOG = { type: 'mailchimpsync-start', lists: '', mode: 'incremental', since: '', withData: false, dryRun: false } as const;

const loadStart = (methods: Partial<Engine>, dialog: object = {}): Promise<Node> => load(engineThat(methods), start, { ...DIALOG, ...dialog }, { outputs: 2 });

/** An engine's `start` that notes what it was asked for. */
function recording(): { readonly asked: (readonly [string, RunRequest])[]; readonly methods: Pick<Engine, 'start'> } {
  const asked: (readonly [string, RunRequest])[] = [];
  return {
    asked,
    methods: {
      start: (listId, request) => {
        asked.push([listId, request]);
        return Promise.resolve({ kind: 'started', run: runLike({ ...request, id: runId(`run-${asked.length}`), listId }) });
      },
    },
  };
}

describe('the start node', () => {
  useNodeRed();

  it('sends one run message for each audience of the settings when none is chosen', async () => {
    const { methods } = recording();
    const node = await loadStart(methods);
    const [runs, completed] = [messagesAt('out0'), messageAt('completed')];
    node.receive({ topic: 'kept' });
    await completed;
    await delivered();
    assert.deepEqual(runs.map(({ sync }) => sync), [RUN_MESSAGE, { ...RUN_MESSAGE, runId: 'run-2', listId: 'bbbbbbbbbb' }]);
    assert.deepEqual(runs.map(({ payload, topic }) => [payload, topic]), [[{ outcome: 'started' }, 'kept'], [{ outcome: 'started' }, 'kept']]);
    assert.notEqual(runs[0], runs[1]);
    assert.equal(lastStatus(node)?.text, 'started 2');
  });

  it('starts only the audiences chosen in the dialog, as the dialog says', async () => {
    const { asked, methods } = recording();
    const node = await loadStart(methods, { lists: ' bbbbbbbbbb ', mode: 'since', since: '2026-03-31T08:00:00Z', withData: true, dryRun: true });
    const out = messageAt('out0');
    node.receive({});
    await out;
    assert.deepEqual(asked, [['bbbbbbbbbb', { mode: 'since', since: Date.UTC(2026, 2, 31, 8), withData: true, dryRun: true }]]);
  });

  it('does what a message asks for before what the dialog says', async () => {
    const { asked, methods } = recording();
    const node = await loadStart(methods, { lists: 'bbbbbbbbbb' });
    const out = messageAt('out0');
    node.receive({ sync: { listId: 'aaaaaaaaaa', mode: 'full', dryRun: true } });
    await out;
    assert.deepEqual(asked, [['aaaaaaaaaa', { mode: 'full', since: null, withData: false, dryRun: true }]]);
  });

  it('takes a moment in a message for mode since, whatever mode the dialog has', async () => {
    const { asked, methods } = recording();
    const node = await loadStart(methods, { lists: 'aaaaaaaaaa', mode: 'full' });
    const out = messageAt('out0');
    node.receive({ sync: { since: 1000 } });
    await out;
    assert.deepEqual(asked.map(([, { mode, since }]) => [mode, since]), [['since', 1000]]);
  });

  it('says by the second output why a run was not started', async () => {
    const node = await loadStart({ start: () => Promise.resolve({ kind: 'not_started', reason: 'busy', run: runLike() }) }, { lists: 'aaaaaaaaaa', mode: 'full' });
    const [runs, refused] = [messagesAt('out0'), messageAt('out1')];
    node.receive({});
    const message = await refused;
    assert.deepEqual(message.payload, { outcome: 'not_started', reason: 'busy', run: RUN_MESSAGE });
    assert.deepEqual(message['sync'], { mode: 'full', since: null, withData: false, dryRun: false, listId: 'aaaaaaaaaa' });
    assert.equal(runs.length, 0);
    assert.deepEqual(lastStatus(node), { fill: 'grey', shape: 'ring', text: 'busy' });
  });

  it('can be asked again with the message of a run that was not started', async () => {
    const { asked, methods } = recording();
    const node = await loadStart(methods);
    const out = messageAt('out0');
    node.receive({ sync: { mode: 'full', since: null, withData: false, dryRun: false, listId: 'aaaaaaaaaa' } });
    await out;
    assert.deepEqual(asked.map(([list, { mode }]) => [list, mode]), [['aaaaaaaaaa', 'full']]);
  });

  it('starts the other audiences when one fails, and reports each failure with its audience', async () => {
    const node = await loadStart({
      start: (listId) => {
        if (listId === 'bbbbbbbbbb') return Promise.resolve({ kind: 'started', run: runLike({ listId }) });
        return Promise.reject(new SyncError('group_missing', `no group for ${listId}`));
      },
    }, { lists: 'aaaaaaaaaa, bbbbbbbbbb, cccccccccc' });
    const [runs, caught, completed] = [messagesAt('out0'), messagesAt('caught'), messagesAt('completed')];
    node.receive({});
    await messageAt('out0');
    await delivered();
    assert.equal(runs.length, 1);
    assert.equal(completed.length, 0);
    assert.deepEqual(caught.map(({ sync }) => (sync as { listId: string }).listId).sort(), ['aaaaaaaaaa', 'cccccccccc']);
    assert.deepEqual(caught.map((message) => (message as { error?: { code: string } }).error?.code), ['group_missing', 'group_missing']);
    assert.equal(lastStatus(node)?.text, 'group missing');
  });

  for (const [what, sync, words] of [
    ['an unknown name', { dryrun: true }, /"dryrun"/],
    ['a mode that there is not', { mode: 'all' }, /msg\.sync\.mode/],
    ['a date that is none', { since: 'yesterday' }, /"yesterday" is not a date/],
    ['mode since without a moment', { mode: 'since' }, /needs the moment/],
  ] as const)
    it(`refuses a request with ${what}`, async () => {
      const node = await loadStart({});
      const caught = messageAt('caught');
      node.receive({ sync });
      const { error } = (await caught) as { error?: { code: string; message: string } };
      assert.equal(error?.code, 'message_invalid');
      assert.match(error.message, words);
    });
});
