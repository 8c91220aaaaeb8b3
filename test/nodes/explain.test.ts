import assert from 'node:assert/strict';
import type { Node } from 'node-red';
import control from '../../nodes/control/control.ts';
import type { Engine } from '../../src/sync/engine.ts';
import type { Explanation } from '../../src/sync/explain/explain.ts';
import { P1, openScenario } from '../support/scenario.ts';
import { closeWorlds } from '../support/sync-world.ts';
import { engineThat, load, logged, messageAt, statusesOf, useNodeRed } from './support/flow.ts';

const ANSWER: Explanation = { asked: { memberId: 'x' }, at: '2026-11-24T09:00:00Z', known: false, audiences: [], text: 'nobody' };

const loadControl = (explain: Engine['explain']): Promise<Node> => load(engineThat({ explain }), control, { type: 'mailchimpsync-control', start: '' });

describe('the command "explain" of the control node', () => {
  useNodeRed();
  closeWorlds();

  const payloads: readonly (readonly [payload: unknown, person: object])[] = [
    ['Ann@Example.org', { email: 'ann@example.org' }],
    [' ann@example.org ', { email: 'ann@example.org' }],
    [4711, { contactId: 4711 }],
    ['4711', { contactId: 4711 }],
    [{ contactId: 4711 }, { contactId: 4711 }],
    [{ email: 'ann@example.org' }, { email: 'ann@example.org' }],
    [{ memberId: '62eeb292278cc15f5817cb78f7790b08' }, { memberId: '62eeb292278cc15f5817cb78f7790b08' }],
  ];
  for (const [payload, person] of payloads)
    it(`asks about the person that ${JSON.stringify(payload)} names, at the audience named`, async () => {
      const asked: unknown[] = [];
      const node = await loadControl((who, { listIds }) => { asked.push(who, listIds); return Promise.resolve(ANSWER); });
      const out = messageAt('out0');
      node.receive({ topic: 'explain', payload, sync: { listId: 'bbbbbbbbbb' } });
      assert.deepEqual((await out).payload, ANSWER);
      assert.deepEqual(asked, [person, ['bbbbbbbbbb']]);
    });

  it('asks about all audiences when none is named', async () => {
    const asked: unknown[] = [];
    const node = await loadControl((_, { listIds }) => { asked.push(listIds); return Promise.resolve(ANSWER); });
    const out = messageAt('out0');
    node.receive({ topic: 'explain', payload: 4711 });
    await out;
    assert.deepEqual(asked, [null]);
  });

  for (const payload of [undefined, '', 'Ann Example', 0, -1, 1.5, 1_764_000_000_000, {}, { contactId: '4711' }, { memberId: '../x' }, { email: 'ann' }, { email: 'ann@example.org', contactId: 4711 }, ['ann@example.org'], true])
    it(`refuses ${JSON.stringify(payload)}, which names nobody, and does not repeat it`, async () => {
      const node = await loadControl(() => assert.fail('it was asked'));
      const failed = messageAt('caught') as Promise<{ error?: { code: string; message: string } }>;
      node.receive({ topic: 'explain', payload });
      const { error } = await failed;
      assert.equal(error?.code, 'message_invalid');
      assert.match(error.message, /names nobody/);
      for (const said of ['Ann Example', '4711', 'ann@example.org', '1764000000000']) assert.ok(!error.message.includes(said));
    });

  it('answers with facts, in JSON and in sentences, and tells nobody else of the person', async () => {
    const s = await openScenario();
    const wilma = await s.joined();
    s.person.unsubscribes(P1);
    s.passes(5);
    await s.webhooksArrive();
    const node = await loadControl((person, options) => s.sync.engine.explain(person, options));
    const out = messageAt('out0');
    node.receive({ topic: 'explain', payload: wilma });
    const answer = (await out).payload as Explanation;
    assert.deepEqual(structuredClone(answer), JSON.parse(JSON.stringify(answer)), 'the answer is plain JSON');
    assert.equal(answer.known, true);
    assert.match(answer.text, /p1@example\.org is unsubscribed at Mailchimp/);
    assert.match(answer.text, /a webhook: unsubscribed by the person/);
    const toldElsewhere = [logged(), JSON.stringify(statusesOf(node)), ...s.world.logged].join('\n');
    for (const hidden of [P1, 'Wilma', 'Flintstone']) assert.ok(!toldElsewhere.includes(hidden), hidden);
  });
});
