import { world } from './world.ts';

type Json = string | number | boolean | null | readonly Json[] | JsonObject;
/** An object of JSON. */
export interface JsonObject {
  readonly [name: string]: Json;
}

export interface SettingsOptions {
  /** Of the simulated Mailchimp, without `/3.0`. */
  readonly mailchimpUrl: string;
  readonly civicrmUrl: string;
  readonly timezone: string;
  /** Where the sync's webhooks are reached, e.g. `http://127.0.0.1:1880`. */
  readonly webhookBase: string;
}

/** The JSON settings, in the shape of the source document, that connect a sync with the simulators. */
export function simulatorSettings({ mailchimpUrl, civicrmUrl, timezone, webhookBase }: SettingsOptions): JsonObject {
  const { mailchimp, civicrm } = world;
  const { webhookUrl, batchWebhook } = webhookUrls(webhookBase);
  return {
    lists: {
      [mailchimp.listId]: {
        subscriptionGroup: String(civicrm.subscriptionGroup.id),
        apiKey: mailchimp.account,
        interests: { [mailchimp.interestId]: String(civicrm.interestGroup.id) },
        // The simulated people are out of step on purpose, far beyond what a first run may change without asking.
        limits: { percent: 100 },
        data: { names: true, tags: { prefix: civicrm.tagPrefix }, mergeFields: { [mailchimp.jobField]: 'job_title' } },
      },
    },
    accounts: {
      [mailchimp.account]: {
        apiKey: mailchimp.apiKey,
        apiUrl: `${mailchimpUrl}/3.0`,
        account_name: 'Example Org',
        audiences: {
          [mailchimp.listId]: { name: mailchimp.listName, interests: { [mailchimp.interestId]: `${mailchimp.interestCategory}: ${mailchimp.interestName}` }, webhook: webhookUrl },
        },
        webhookUrl,
        batchWebhookSecret: world.webhookSecret,
        batchWebhook,
      },
    },
    civicrm: { url: civicrmUrl, apiKey: civicrm.apiKey, timezone },
  };
}

/** URLs of the sync's webhooks, with the secret that they must carry. */
export function webhookUrls(webhookBase: string): { readonly webhookUrl: string; readonly batchWebhook: string } {
  const secret = `?secret=${world.webhookSecret}`;
  return { webhookUrl: `${webhookBase}/mailchimpsync/webhook${secret}`, batchWebhook: `${webhookBase}/mailchimpsync/batch-webhook${secret}` };
}
