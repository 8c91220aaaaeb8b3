import type { Audience } from '../audience.ts';
import { checkShape, type BodyShape, type Call, type JsonObject } from '../call.ts';
import { ownLinks } from '../links.ts';
import { blank, invalidFields, invalidResource, notFound } from '../problem.ts';
import { webhookEvents, webhookSources, type ListWebhookRecord } from '../records.ts';
import { noContent, ok, type Outcome, type Route } from '../routes.ts';

const webhooks = '/lists/{list}/webhooks';
const webhook = `${webhooks}/{webhook}`;

const shape: BodyShape = { url: 'string', events: 'object', sources: 'object', signing_enabled: 'boolean' };
const eventShape: BodyShape = Object.fromEntries(webhookEvents.map((name) => [name, 'boolean']));
const sourceShape: BodyShape = Object.fromEntries(webhookSources.map((name) => [name, 'boolean']));

/** GETs a URL and tells the status; throws when there is no answer. */
export type Validate = (url: string) => Promise<number>;

/**
 * The URL must answer a GET with 200 (developer guide). That it is asked again when it changes, and for batch webhooks
 * too, is assumed, and so is the wording.
 */
export async function validateUrl(url: unknown, validate: Validate): Promise<string> {
  if (typeof url !== 'string' || url === '') throw blank('url');
  if (!URL.canParse(url)) throw invalidFields([{ field: 'url', message: 'This value is not a valid URL.' }]);
  const status = await validate(url).catch(() => 0);
  if (status !== 200) {
    throw invalidResource(`The WebHook URL could not be validated: it answered ${status === 0 ? 'nothing' : status} to a GET.`);
  }
  return url;
}

export function webhookRoutes(validate: Validate): readonly Route[] {
  return [
    { method: 'GET', path: webhooks, query: [], run: all },
    { method: 'POST', path: webhooks, query: [], run: (call) => add(call, validate) },
    { method: 'GET', path: webhook, query: [], run: (call) => ok(show(call, call.audience(), known(call))) },
    { method: 'PATCH', path: webhook, query: [], run: (call) => change(call, validate) },
    { method: 'DELETE', path: webhook, query: [], run: remove },
  ];
}

function known(call: Call): ListWebhookRecord {
  const found = call.audience().list.webhooks.find(({ id }) => id === call.part('webhook'));
  if (found === undefined) throw notFound();
  return found;
}

/** Whether a webhook was disabled after failures is not shown by the API (specification). */
function show(call: Call, { list }: Audience, shown: ListWebhookRecord): Record<string, unknown> {
  const path = `/lists/${list.id}/webhooks`;
  return {
    id: shown.id,
    url: shown.url,
    events: shown.events,
    sources: shown.sources,
    list_id: list.id,
    _links: ownLinks(call.base, path, `${path}/${shown.id}`),
  };
}

function all(call: Call): Outcome {
  const audience = call.audience();
  const { list } = audience;
  return ok({
    webhooks: list.webhooks.map((one) => show(call, audience, one)),
    list_id: list.id,
    total_items: list.webhooks.length,
    _links: ownLinks(call.base, `/lists/${list.id}`, `/lists/${list.id}/webhooks`),
  });
}

/** The secret of a signed webhook is in this answer and never again (documented, not seen). */
async function add(call: Call, validate: Validate): Promise<Outcome> {
  const audience = call.audience();
  const body = call.json(shape);
  const url = await validateUrl(body['url'], validate);
  refuseSecond(audience, url);
  const added: ListWebhookRecord = {
    id: call.account.hex(10),
    url,
    events: { subscribe: false, unsubscribe: false, profile: false, cleaned: false, upemail: false, campaign: false },
    sources: { user: false, admin: false, api: false },
    signingSecret: body['signing_enabled'] === true ? call.account.hex(64) : null,
    enabled: true,
    failedInARow: 0,
  };
  setSwitches(call, added, body);
  audience.list.webhooks.push(added);
  const secret = added.signingSecret === null ? {} : { signing_secret: added.signingSecret };
  return ok({ ...show(call, audience, added), ...secret });
}

async function change(call: Call, validate: Validate): Promise<Outcome> {
  const audience = call.audience();
  const there = known(call);
  const body = call.json(shape);
  if (body['url'] !== undefined && body['url'] !== there.url) {
    const url = await validateUrl(body['url'], validate);
    refuseSecond(audience, url);
    there.url = url;
  }
  setSwitches(call, there, body);
  return ok(show(call, audience, there));
}

function remove(call: Call): Outcome {
  const { list } = call.audience();
  const { id } = known(call);
  list.webhooks = list.webhooks.filter((one) => one.id !== id);
  return noContent;
}

function refuseSecond(audience: Audience, url: string): void {
  if (audience.list.webhooks.some((one) => one.url === url)) {
    throw invalidResource("Sorry, you can't set up multiple WebHooks for one URL");
  }
}

function setSwitches(call: Call, changed: ListWebhookRecord, body: JsonObject): void {
  const events = checkShape(body['events'] ?? {}, eventShape, call.strict, 'events.');
  const sources = checkShape(body['sources'] ?? {}, sourceShape, call.strict, 'sources.');
  changed.events = { ...changed.events, ...(events as Partial<ListWebhookRecord['events']>) };
  changed.sources = { ...changed.sources, ...(sources as Partial<ListWebhookRecord['sources']>) };
}
