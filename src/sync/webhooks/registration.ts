import type { BatchWebhookRecord, ListWebhookRecord, WebhookEvents, WebhookSources } from '../../mailchimp/webhooks-api.ts';

/** Everything that concerns people; campaigns do not. */
export const EVENTS: WebhookEvents = { subscribe: true, unsubscribe: true, profile: true, cleaned: true, upemail: true, campaign: false };
/** Changes by the API are this sync's own, or another program's that tells no more than a fetch does (facts/mailchimp.md). */
export const SOURCES: WebhookSources = { user: true, admin: true, api: false };

/**
 * What is wrong with a webhook at Mailchimp:
 * `missing` none is registered · `wrong_address` one of ours has another secret, or stands at another address ·
 * `wrong_events` it does not tell everything · `wrong_sources` it tells of changes by the API, or not of all people's ·
 * `disabled` (batch webhooks; of list webhooks Mailchimp does not tell) · `silent` people changed at Mailchimp, and none
 * came · `refused` some came and were refused · `secret_unknown` they are signed, and the signing secret is not known.
 */
export type WebhookProblem = 'missing' | 'wrong_address' | 'wrong_events' | 'wrong_sources' | 'disabled' | 'silent' | 'refused' | 'secret_unknown';

/** The webhooks of one kind as they are registered, and what is wrong with them. */
export interface Registration<Webhook> {
  /** At our address. */
  readonly right: Webhook | null;
  /** Ours, as it seems, at a wrong one. */
  readonly astray: readonly Webhook[];
  readonly problems: readonly WebhookProblem[];
}

export function judgeListWebhooks(url: string, webhooks: readonly ListWebhookRecord[]): Registration<ListWebhookRecord> {
  return judge(url, webhooks, ({ events, sources }) => [
    ...(Object.keys(EVENTS).some((name) => EVENTS[name as keyof WebhookEvents] && !events[name as keyof WebhookEvents]) ? ['wrong_events' as const] : []),
    ...(Object.keys(SOURCES).some((name) => SOURCES[name as keyof WebhookSources] !== sources[name as keyof WebhookSources]) ? ['wrong_sources' as const] : []),
  ]);
}

export const judgeBatchWebhooks = (url: string, webhooks: readonly BatchWebhookRecord[]): Registration<BatchWebhookRecord> =>
  judge(url, webhooks, ({ enabled }) => (enabled ? [] : ['disabled']));

function judge<Webhook extends { readonly url: string }>(url: string, webhooks: readonly Webhook[], problemsOf: (webhook: Webhook) => readonly WebhookProblem[]): Registration<Webhook> {
  const right = webhooks.find((webhook) => isSame(webhook.url, url)) ?? null;
  const astray = webhooks.filter((webhook) => webhook !== right && isSimilar(webhook.url, url));
  return {
    right,
    astray,
    problems: [...(right ? problemsOf(right) : []), ...(!right && astray.length === 0 ? (['missing'] as const) : []), ...(astray.length > 0 ? (['wrong_address'] as const) : [])],
  };
}

const isSame = (one: string, other: string): boolean => one === other || (URL.canParse(one) && URL.canParse(other) && new URL(one).href === new URL(other).href);

/** At the same place with another secret, or with our secret at another place: ours, before something was changed. */
function isSimilar(one: string, other: string): boolean {
  if (!URL.canParse(one)) return false;
  const [here, there] = [new URL(one), new URL(other)];
  if (here.origin === there.origin && here.pathname === there.pathname) return true;
  const secret = there.searchParams.get('secret');
  return secret !== null && here.searchParams.get('secret') === secret && here.pathname === there.pathname;
}
