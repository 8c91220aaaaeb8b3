import assert from 'node:assert/strict';
import { world } from '../../src/simulator/world.ts';
import type { AudienceStatus } from '../../src/sync/engine.ts';
import { ControlledNodeRed } from '../support/controlled-node-red.ts';

const LIST = world.mailchimp.listId;
const GROUP = world.civicrm.subscriptionGroup.id;

describe('webhooks while Node-RED is', function () {
  this.timeout(120_000);
  const nodeRed = ControlledNodeRed.use('node-red', { registerWebhooks: true });
  const waiting = async (): Promise<number> => (await nodeRed.control<readonly [AudienceStatus]>('status', 'all'))[0].inbox;

  for (const [how, signal] of [['shut down', 'SIGTERM'], ['killed', 'SIGKILL']] as const)
    it(`${how}: what was answered is handled after the start, what was not comes again`, async () => {
      const { people, webhooks } = nodeRed.services.mailchimp;
      webhooks.manual = true;
      const addresses = Array.from({ length: 60 }, (_, number) => `${signal.toLowerCase()}${number}@example.org`);
      for (const address of addresses) people.subscribe(LIST, address);
      const fired = webhooks.waiting().map(({ id }) => id);
      const answered = Promise.withResolvers<void>();
      const deliver = async (id: number): Promise<number> => {
        const status = await webhooks.deliver(id);
        if (status === 200) answered.resolve();
        return status;
      };
      const statuses = Promise.all(fired.map(deliver));
      await answered.promise;
      await nodeRed.process.kill(signal);
      assert.ok((await statuses).includes(200));
      await nodeRed.process.start();
      for (const { id } of webhooks.waiting()) assert.equal(await webhooks.deliver(id), 200);
      // One more webhook, so that the inbox is seen to without the poll of every minute.
      people.subscribe(LIST, `last-${signal.toLowerCase()}@example.org`);
      for (const { id } of webhooks.waiting()) assert.equal(await webhooks.deliver(id), 200);
      while ((await waiting()) > 0);
      const { email, groupContact } = nodeRed.services.civicrm.tables;
      for (const address of addresses) {
        const owners = [...email.all()].filter((row) => row.email === address);
        assert.equal(owners.length, 1, address);
        assert.equal(groupContact.find('contact_id', owners[0]!.contact_id).find((row) => row.group_id === GROUP)?.status, 'Added');
      }
    });
});
