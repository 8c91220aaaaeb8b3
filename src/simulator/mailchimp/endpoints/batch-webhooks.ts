import type { Call } from '../call.ts';
import { ownLinks } from '../links.ts';
import { invalidResource, notFound } from '../problem.ts';
import type { BatchWebhookRecord } from '../records.ts';
import { noContent, ok, paging, selection, type Outcome, type Route } from '../routes.ts';
import { validateUrl, type Validate } from './webhooks.ts';

/** "You can set up a maximum of 20" (specification). */
const mostWebhooks = 20;

const shape = { url: 'string', enabled: 'boolean' } as const;

export function batchWebhookRoutes(validate: Validate): readonly Route[] {
  const one = '/batch-webhooks/{webhook}';
  return [
    { method: 'GET', path: '/batch-webhooks', query: paging, run: all },
    { method: 'POST', path: '/batch-webhooks', query: [], run: (call) => add(call, validate) },
    { method: 'GET', path: one, query: selection, run: (call) => ok(show(call, known(call))) },
    { method: 'PATCH', path: one, query: [], run: (call) => change(call, validate) },
    { method: 'DELETE', path: one, query: [], run: remove },
  ];
}

function known(call: Call): BatchWebhookRecord {
  const found = call.account.state.batchWebhooks.find(({ id }) => id === call.part('webhook'));
  if (found === undefined) throw notFound();
  return found;
}

function show(call: Call, { id, url, enabled }: BatchWebhookRecord): Record<string, unknown> {
  return { id, url, enabled, _links: ownLinks(call.base, '/batch-webhooks', `/batch-webhooks/${id}`) };
}

function all(call: Call): Outcome {
  const { batchWebhooks } = call.account.state;
  return ok({
    webhooks: call.page(batchWebhooks).map((one) => show(call, one)),
    total_items: batchWebhooks.length,
    _links: ownLinks(call.base, '/', '/batch-webhooks'),
  });
}

async function add(call: Call, validate: Validate): Promise<Outcome> {
  const { batchWebhooks } = call.account.state;
  const body = call.json(shape);
  if (batchWebhooks.length >= mostWebhooks) throw invalidResource(`You can have at most ${mostWebhooks} batch webhooks.`);
  const url = await validateUrl(body['url'], validate);
  const added: BatchWebhookRecord = { id: call.account.hex(10), url, enabled: body['enabled'] !== false, failedInARow: 0 };
  batchWebhooks.push(added);
  return ok(show(call, added));
}

async function change(call: Call, validate: Validate): Promise<Outcome> {
  const there = known(call);
  const body = call.json(shape);
  if (body['url'] !== undefined && body['url'] !== there.url) there.url = await validateUrl(body['url'], validate);
  if (typeof body['enabled'] === 'boolean') {
    there.enabled = body['enabled'];
    there.failedInARow = 0;
  }
  return ok(show(call, there));
}

function remove(call: Call): Outcome {
  const { id } = known(call);
  const { state } = call.account;
  state.batchWebhooks = state.batchWebhooks.filter((one) => one.id !== id);
  return noContent;
}
