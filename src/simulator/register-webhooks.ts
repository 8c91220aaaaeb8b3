import type { MailchimpSimulator } from './simulated-services.ts';
import { webhookUrls } from './simulator-settings.ts';
import { world } from './world.ts';

const ID = '5e7f0e5e7f';

/**
 * Registers the sync's webhooks in place of those of an earlier start, as the sync itself would, but without
 * asking first whether somebody answers: the receiver may start after the simulators.
 */
export function registerWebhooks(mailchimp: MailchimpSimulator, webhookBase: string): void {
  const { webhookUrl, batchWebhook } = webhookUrls(webhookBase);
  unregisterWebhooks(mailchimp);
  boundList(mailchimp)?.webhooks.push({
    id: ID,
    url: webhookUrl,
    events: { subscribe: true, unsubscribe: true, profile: true, cleaned: true, upemail: true, campaign: false },
    // Changes by API are the sync's own (facts/mailchimp.md).
    sources: { user: true, admin: true, api: false },
    signingSecret: null,
    enabled: true,
    failedInARow: 0,
  });
  mailchimp.state.batchWebhooks.push({ id: ID, url: batchWebhook, enabled: true, failedInARow: 0 });
}

/** Takes those of an earlier start away; what others registered stays. */
export function unregisterWebhooks(mailchimp: MailchimpSimulator): void {
  const list = boundList(mailchimp);
  if (list !== undefined) list.webhooks = list.webhooks.filter(({ id }) => id !== ID);
  mailchimp.state.batchWebhooks = mailchimp.state.batchWebhooks.filter(({ id }) => id !== ID);
}

const boundList = ({ state }: MailchimpSimulator) => state.lists.find(({ id }) => id === world.mailchimp.listId);
