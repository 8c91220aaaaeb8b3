import assert from 'node:assert/strict';
import type { Node } from 'node-red';
import control from '../../nodes/control/control.ts';
import reconcile from '../../nodes/reconcile/reconcile.ts';
import start from '../../nodes/start/start.ts';
import { contactId, emailAddress, listId, updateId } from '../../src/base/ids.ts';
import type { AudienceStatus, Engine } from '../../src/sync/engine.ts';
import type { PlanView } from '../../src/sync/plan-view.ts';
import { heldPlan, RUN } from '../contract/store/samples.ts';
import { lastStatus, engineThat, load, messageAt, useNodeRed } from './support/flow.ts';
import { RUN_MESSAGE, runLike } from './support/runs.ts';

const loadControl = (methods: Partial<Engine>): Promise<Node> => load(engineThat(methods), control, { type: 'mailchimpsync-control', start: '' });
const errorOf = async (): Promise<{ code: string; message: string } | undefined> => ((await messageAt('caught')) as { error?: { code: string; message: string } }).error;

const { id, summary: { first: _first, ...figures }, ...rest } = heldPlan();
const view: PlanView = {
  plan: id,
  ...rest,
  ...figures,
  changes: [{ id: updateId(4), kind: 'subscribe', side: 'mailchimp', email: emailAddress('ann@example.org'), contactId: contactId(7), ask: { status: 'subscribed' }, reason: 'only CiviCRM has said anything', unclear: false }],
  next: updateId(4),
};

/** How the audiences of the test's settings stand: a plan of the second waits. */
const statuses = (): Promise<readonly AudienceStatus[]> =>
  Promise.resolve(
    ['aaaaaaaaaa', 'bbbbbbbbbb'].map((list, at) => ({ listId: listId(list), brake: { held: at === 1 ? heldPlan({ listId: listId(list) }) : null, webhooksBeyondLimits: 0 } }) as AudienceStatus),
  );

describe('the control node, of plans', () => {
  useNodeRed();

  it('shows the plans there are, by the page asked for', async () => {
    const asked: unknown[] = [];
    const node = await loadControl({ plan: (list, page) => { asked.push([list, page]); return Promise.resolve(list === 'aaaaaaaaaa' ? view : null); } });
    const out = messageAt('out0');
    node.receive({ topic: 'plan', payload: { after: 4, limit: 20 } });
    assert.deepEqual((await out).payload, [view]);
    assert.deepEqual(asked, [['aaaaaaaaaa', { after: 4, limit: 20 }], ['bbbbbbbbbb', { after: 4, limit: 20 }]]);
  });

  it('gives the plan of one audience as CSV', async () => {
    const node = await loadControl({ planAsCsv: (list) => Promise.resolve(`csv of ${list}`) });
    const out = messageAt('out0');
    node.receive({ topic: 'plan', payload: { format: 'csv' }, sync: { listId: 'bbbbbbbbbb' } });
    assert.equal((await out).payload, 'csv of bbbbbbbbbb');
  });

  it('asks for one audience where the plans of several would be CSV', async () => {
    const node = await loadControl({});
    const error = errorOf();
    node.receive({ topic: 'plan', payload: { format: 'csv' } });
    assert.deepEqual((await error)?.code, 'message_invalid');
  });

  for (const topic of ['approve', 'reject'] as const) {
    const settling = (asked: unknown[]): Partial<Engine> => ({
      status: statuses,
      [topic]: (list: string, { signal: _signal, ...options }: { readonly signal: AbortSignal }) => {
        asked.push([list, options]);
        return Promise.resolve({ applied: 3 });
      },
    });
    const except = topic === 'approve' ? { except: [] } : {};

    it(`${topic}s what waits, wherever that is; a time stamp of an inject node asks for nothing`, async () => {
      const asked: unknown[] = [];
      const node = await loadControl(settling(asked));
      const out = messageAt('out0');
      node.receive({ topic, payload: Date.now() });
      assert.deepEqual((await out).payload, { bbbbbbbbbb: { applied: 3 } });
      assert.deepEqual(asked, [['bbbbbbbbbb', except]]);
    });

    it(`${topic}s the plan that is named, of the audience that is named`, async () => {
      const asked: unknown[] = [];
      const node = await loadControl(settling(asked));
      const out = messageAt('out0');
      node.receive({ topic, payload: { plan: 'run-9' }, sync: { listId: 'aaaaaaaaaa' } });
      await out;
      assert.deepEqual(asked, [['aaaaaaaaaa', { plan: 'run-9', ...except }]]);
    });

    it(`${topic}s nothing when the payload is not understood: it may have named people`, async () => {
      for (const payload of ['ann@example.org', ['ann@example.org'], { exept: ['ann@example.org'] }, { except: 'ann@example.org' }, true]) {
        const node = await loadControl({ status: statuses });
        const error = errorOf();
        node.receive({ topic, payload });
        const { code, message } = (await error) ?? assert.fail('no error');
        assert.equal(code, 'message_invalid');
        assert.doesNotMatch(message, /ann/u);
        await import('node-red-node-test-helper').then(({ default: helper }) => helper.unload());
      }
    });
  }

  it('leaves people out of what it approves', async () => {
    const asked: unknown[] = [];
    const node = await loadControl({ status: statuses, approve: (list, { except }) => { asked.push([list, except]); return Promise.resolve({}); } });
    const out = messageAt('out0');
    node.receive({ topic: 'approve', payload: { except: ['ann@example.org', 4711] } });
    await out;
    assert.deepEqual(asked, [['bbbbbbbbbb', ['ann@example.org', 4711]]]);
  });
});

describe('a held plan in the flow', () => {
  useNodeRed();

  it('leaves reconcile with its figures, and with what can be done', async () => {
    const node = await load(engineThat({ runStage: () => Promise.resolve({ kind: 'done', counts: { held: 1 }, run: runLike({ state: 'held' }), plan: heldPlan() }) }), reconcile, { type: 'mailchimpsync-reconcile' }, { outputs: 2 });
    const out = messageAt('out1');
    node.receive({ sync: RUN_MESSAGE });
    const { held, plan } = (await out).payload as { held: number; plan: { plan: string; kinds: unknown; next: string } };
    assert.deepEqual([held, plan.plan, plan.kinds], [1, RUN, { subscribe: 30 }]);
    assert.match(plan.next, /"approve" or "reject"/);
  });

  it('is told by start, with what can be done', async () => {
    const node = await load(engineThat({ start: () => Promise.resolve({ kind: 'not_started', reason: 'held', run: runLike() }) }), start, { type: 'mailchimpsync-start', lists: 'aaaaaaaaaa', mode: 'full', since: '', withData: false, dryRun: false }, { outputs: 2 });
    const out = messageAt('out1');
    node.receive({});
    const { reason, next } = (await out).payload as { reason: string; next: string };
    assert.equal(reason, 'held');
    assert.deepEqual([lastStatus(node)?.fill, lastStatus(node)?.text], ['yellow', 'waits for approval']);
    assert.match(next, /"approve" or "reject"/);
  });
});
