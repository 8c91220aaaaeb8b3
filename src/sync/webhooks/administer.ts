import { SyncError } from '../../base/errors.ts';
import type { ListId } from '../../base/ids.ts';
import type { MailchimpApi } from '../../mailchimp/api.ts';
import type { NewListWebhook } from '../../mailchimp/webhooks-api.ts';
import { signingSecretName } from '../../settings/signing-secret.ts';
import type { AccountSettings, AudienceSettings } from '../../settings/settings.ts';
import type { WebhookHealth } from './health.ts';
import { EVENTS, SOURCES, judgeBatchWebhooks, judgeListWebhooks, type WebhookProblem } from './registration.ts';
import type { SigningSecrets } from './signing-secrets.ts';

/**
 * `check` looks; `add` registers what is missing; `repair` also puts right what is wrong, and makes anew what was silent,
 * refused, or is signed with a secret that is lost; `delete` takes ours away, and leaves those of others.
 */
export type WebhookAction = 'check' | 'add' | 'repair' | 'delete';

/** What there is of an audience's webhook or an account's batch webhook, and what was done. Holds no address. */
export interface WebhookReport {
  readonly of: 'list' | 'batches';
  /** The audience's id, or the account's label. */
  readonly name: string;
  readonly done: 'nothing' | 'added' | 'repaired' | 'deleted';
  /** What is still wrong. `no_address`: the settings do not say where webhooks are to come. */
  readonly problems: readonly (WebhookProblem | 'no_address')[];
  /** Mailchimp signs this webhook, and the secret is known. */
  readonly signed?: boolean;
}

/** Keeps a secret for good under a name; null: there is none any more. */
export type KeepSecret = (name: string, secret: string | null) => Promise<void>;

export interface Administration {
  readonly health: WebhookHealth;
  readonly signing: SigningSecrets;
  readonly keepSecret?: KeepSecret | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Carries out an action on an audience's webhook. */
export async function administerListWebhook(api: MailchimpApi, audience: AudienceSettings, action: WebhookAction, administration: Administration): Promise<WebhookReport> {
  const { health, signing, signal } = administration;
  const { listId, webhookUrl: url } = audience;
  const report = (done: WebhookReport['done'], problems: WebhookReport['problems']): WebhookReport => ({ of: 'list', name: listId, done, problems, signed: signing.of(listId) !== null });
  if (url === null) return report('nothing', ['no_address']);
  mustBeRegistrable(audience.webhookSecret, action, 'webhookUrl');
  const { right, astray, problems } = judgeListWebhooks(url, await api.webhooks.list(listId, signal));
  const behaviour = health.behaviour(listId, problems);
  const remove = async (ids: readonly { readonly id: string }[]): Promise<void> => {
    for (const { id } of ids) await api.webhooks.remove(listId, id, signal);
  };
  const add = (): Promise<void> => addListWebhook(api, audience, url, administration);
  switch (action) {
    case 'check':
      return report('nothing', [...problems, ...behaviour]);
    case 'add':
      if (right) return report('nothing', [...problems, ...behaviour]);
      await add();
      return report('added', problems.filter((problem) => problem !== 'missing'));
    case 'repair':
      if (problems.length + behaviour.length === 0) return report('nothing', []);
      if (right && behaviour.length > 0) {
        await remove([right]);
        await add();
      } else if (right && problems.some((problem) => problem !== 'wrong_address')) await api.webhooks.change(listId, right.id, { events: EVENTS, sources: SOURCES }, signal);
      else if (!right) await add();
      await remove(astray); // last, so that there is always one
      return report(problems.includes('missing') ? 'added' : 'repaired', []);
    case 'delete':
      await remove([...(right ? [right] : []), ...astray]);
      await forgetSecret(listId, administration);
      return report(right || astray.length > 0 ? 'deleted' : 'nothing', []);
  }
}

/** Carries out an action on an account's batch webhook. */
export async function administerBatchWebhook(api: MailchimpApi, account: AccountSettings, action: WebhookAction, signal?: AbortSignal): Promise<WebhookReport> {
  const { label, batchWebhookUrl: url } = account;
  const report = (done: WebhookReport['done'], problems: WebhookReport['problems']): WebhookReport => ({ of: 'batches', name: label, done, problems });
  if (url === null) return report('nothing', ['no_address']);
  mustBeRegistrable(account.batchWebhookSecret, action, 'batchWebhook');
  const { right, astray, problems } = judgeBatchWebhooks(url, await api.webhooks.listForBatches(signal));
  const remove = async (ids: readonly { readonly id: string }[]): Promise<void> => {
    for (const { id } of ids) await api.webhooks.removeForBatches(id, signal);
  };
  switch (action) {
    case 'check':
      return report('nothing', problems);
    case 'add':
      if (right) return report('nothing', problems);
      await api.webhooks.addForBatches(url, signal);
      return report('added', problems.filter((problem) => problem !== 'missing'));
    case 'repair':
      if (problems.length === 0) return report('nothing', []);
      if (!right) await api.webhooks.addForBatches(url, signal);
      else if (problems.includes('disabled')) await api.webhooks.enableForBatches(right.id, signal);
      await remove(astray);
      return report(problems.includes('missing') ? 'added' : 'repaired', []);
    case 'delete':
      await remove([...(right ? [right] : []), ...astray]);
      return report(right || astray.length > 0 ? 'deleted' : 'nothing', []);
  }
}

/** Registered without a secret, every webhook would be refused. */
function mustBeRegistrable(secret: string | null, action: WebhookAction, key: string): void {
  if (secret !== null || action === 'check' || action === 'delete') return;
  throw new SyncError('settings_invalid', `The address in \`${key}\` has no secret: add \`?secret=\` and a long random word of your own to it, then add the webhook again.`);
}

/**
 * Signed where Mailchimp offers that. A refusal of the signing is not told apart from others: the webhook is tried without.
 * The old secret goes first: dies this in between, the webhook is taken by the secret of its address, not refused.
 */
async function addListWebhook(api: MailchimpApi, { listId, webhookSigning }: AudienceSettings, url: string, administration: Administration): Promise<void> {
  const { health, signal } = administration;
  await forgetSecret(listId, administration);
  const webhook: NewListWebhook = { url, events: EVENTS, sources: SOURCES, signing: webhookSigning.enabled };
  const added = await api.webhooks.add(listId, webhook, signal).catch((error: unknown) => {
    if (!webhook.signing || !(error instanceof SyncError) || error.code !== 'mailchimp_refused') throw error;
    return api.webhooks.add(listId, { ...webhook, signing: false }, signal);
  });
  if (added.signingSecret !== null) await keep(listId, added.signingSecret, administration);
  health.renewed(listId);
}

/** A webhook that is made from now on is signed with another secret, or not at all. */
async function forgetSecret(listId: ListId, administration: Administration): Promise<void> {
  if (administration.signing.of(listId) !== null) await keep(listId, null, administration);
}

async function keep(listId: ListId, secret: string | null, { signing, keepSecret }: Administration): Promise<void> {
  signing.set(listId, secret);
  await keepSecret?.(signingSecretName(listId), secret);
}
