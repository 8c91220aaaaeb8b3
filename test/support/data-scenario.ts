import assert from 'node:assert/strict';
import type { SimulatedService } from '../../src/simulator/service.ts';
import { world } from '../../src/simulator/world.ts';
import type { Scenario } from './scenario.ts';
import { LIST } from './sync-world.ts';

/** Runs that compare data. */
export const DATA = { withData: true } as const;

/** An administrator, or another program, changes a member by Mailchimp's API. */
export async function byMailchimpApi({ world: { mailchimp } }: Scenario, method: 'POST' | 'PATCH', path: string, body: object): Promise<void> {
  const authorization = `Basic ${Buffer.from(`other:${world.mailchimp.apiKey}`).toString('base64')}`;
  await answered(mailchimp, { method, path: `/3.0/lists/${LIST}${path}`, query: new URLSearchParams(), headers: { authorization, 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(body)) });
}

/** An administrator changes fields of a contact. */
export async function changesContact({ world: { civicrm } }: Scenario, contact: number, values: Readonly<Record<string, unknown>>): Promise<void> {
  const form = new URLSearchParams({ params: JSON.stringify({ where: [['id', '=', contact]], values }) });
  await answered(civicrm, {
    method: 'POST',
    path: '/civicrm/ajax/api4/Contact/update',
    query: new URLSearchParams(),
    headers: { 'x-civi-auth': `Bearer ${world.civicrm.apiKey}`, 'content-type': 'application/x-www-form-urlencoded', 'x-requested-with': 'XMLHttpRequest' },
    body: Buffer.from(form.toString()),
  });
}

async function answered(service: SimulatedService, request: Parameters<SimulatedService['handle']>[0]): Promise<void> {
  const answer = await service.handle(request);
  assert.ok('status' in answer && answer.status < 300, `${request.method} ${request.path}: ${'status' in answer ? `${answer.status} ${Buffer.from(answer.body as Uint8Array).toString()}` : answer.failure}`);
}

export const tagAtMailchimp = (s: Scenario, address: string, name: string, status: 'active' | 'inactive' = 'active'): Promise<void> =>
  byMailchimpApi(s, 'POST', `/members/${encodeURIComponent(address)}/tags`, { tags: [{ name, status }] });

export function tagsAt(s: Scenario, address: string): readonly string[] {
  const list = s.world.mailchimp.state.lists.find(({ id }) => id === LIST);
  const names = new Map(list?.tags.map(({ id, name }) => [id, name]));
  return (s.memberRecord(address)?.tags ?? []).map(({ id }) => names.get(id) ?? '').toSorted();
}

export const mergeFieldAt = (s: Scenario, address: string, tag: string): unknown => s.memberRecord(address)?.mergeFields[tag] ?? '';
