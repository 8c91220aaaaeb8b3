import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { world } from '../../src/simulator/world.ts';
import type { AudienceStatus } from '../../src/sync/engine.ts';
import type { WebhookReport } from '../../src/sync/webhooks/administer.ts';
import { ControlledNodeRed } from '../support/controlled-node-red.ts';

const LIST = world.mailchimp.listId;

const bodies = (function* (): Generator<string> {
  for (let number = 0; ; number += 1)
    yield new URLSearchParams({ type: 'unsubscribe', fired_at: '2026-11-24 08:00:00', 'data[list_id]': LIST, 'data[email]': `p${number}@example.org`, 'data[id]': `id${number}` }).toString();
})();

for (const [version, module] of [['5.0', 'node-red'], ['4.1', 'node-red-4']] as const)
  describe(`the signing secret that Mailchimp gives, on Node-RED ${version}`, function () {
    this.timeout(120_000);
    const nodeRed = ControlledNodeRed.use(module, { registerWebhooks: false });

    const restart = async (): Promise<void> => {
      await nodeRed.process.kill();
      await nodeRed.process.start();
    };

    const webhooks = async (payload: string): Promise<WebhookReport> => (await nodeRed.control<readonly [WebhookReport]>('webhooks', payload))[0];
    const problems = async (): Promise<readonly string[]> => (await nodeRed.control<readonly [AudienceStatus]>('status', 'all'))[0].webhooks.problems;

    /** What a webhook is answered with that is signed with this secret; null: not at all. */
    const statusOf = async (secret: string | null): Promise<number> => {
      const body = bodies.next().value as string;
      const stamp = Math.floor(Date.now() / 1000);
      const signature = secret === null ? {} : { 'x-mailchimp-signature': `t=${stamp},v1=${createHmac('sha256', secret).update(`${stamp}.${body}`).digest('hex')}` };
      const answer = await fetch(`${nodeRed.process.url}/mailchimpsync/webhook?secret=${world.webhookSecret}`, { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded', ...signature }, body });
      return answer.status;
    };
    const given = (): string => nodeRed.services.mailchimp.state.lists[0]?.webhooks[0]?.signingSecret ?? assert.fail('it is not signed');

    it('outlives a restart before the next deployment', async () => {
      assert.deepEqual(await webhooks('add'), { of: 'list', name: LIST, done: 'added', problems: [], signed: true });
      await restart();
      assert.deepEqual([await statusOf(given()), await statusOf('another'), await statusOf(null)], [200, 401, 401]);
      assert.equal((await webhooks('check')).signed, true);
    });

    it('goes before an older one that was deployed', async () => {
      await nodeRed.process.deploy((await (await fetch(`${nodeRed.process.url}/flows`)).json()) as readonly object[]);
      const old = given();
      assert.equal(await statusOf('another'), 401);
      assert.deepEqual(await webhooks('repair'), { of: 'list', name: LIST, done: 'repaired', problems: [], signed: true });
      assert.notEqual(given(), old);
      await restart();
      assert.deepEqual([await statusOf(given()), await statusOf(old)], [200, 401]);
    });

    it('is not asked for after a restart when the webhook was deleted', async () => {
      await webhooks('delete');
      await restart();
      assert.equal(await statusOf(null), 200);
      assert.deepEqual(await problems(), []);
    });

    it('stands nowhere in the files of Node-RED as it is', async () => {
      await webhooks('add');
      for (const file of ['flows.json', 'flows_cred.json', '.config.runtime.json']) assert.ok(!readFileSync(join(nodeRed.userDirectory, file), 'utf8').includes(given()), file);
      assert.match(readFileSync(join(nodeRed.userDirectory, '.config.runtime.json'), 'utf8'), /mailchimpsyncGivenSecrets/);
    });
  });
