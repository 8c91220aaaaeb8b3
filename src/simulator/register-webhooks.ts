import type { MailchimpSimulator } from './simulated-services.ts';
import { webhookUrls } from './simulator-settings.ts';
import { world } from './world.ts';

/**
 * Registers the sync's webhooks in place of those of an earlier start, as the sync itself would, but without
 * asking first whether somebody answers: the receiver may start after the simulators.
 */
export function registerWebhooks({ state }: MailchimpSimulator, webhookBase: string): void {
  const { webhookUrl, batchWebhook } = webhookUrls(webhookBase);
  const list = state.lists.find(({ id }) => id === world.mailchimp.listId);
  if (list === undefined) return;
  const others = list.webhooks.filter(({ id }) => id !== ID);
  list.webhooks = [
    ...others,
    {
      id: ID,
      url: webhookUrl,
      events: { subscribe: true, unsubscribe: true, profile: true, cleaned: true, upemail: true, campaign: false },
      // Changes by API are the sync's own (facts/mailchimp.md).
      sources: { user: true, admin: true, api: false },
      signingSecret: null,
      enabled: true,
      failedInARow: 0,
    },
  ];
  state.batchWebhooks = [...state.batchWebhooks.filter(({ id }) => id !== ID), { id: ID, url: batchWebhook, enabled: true, failedInARow: 0 }];
}

const ID = '5e7f0e5e7f';
