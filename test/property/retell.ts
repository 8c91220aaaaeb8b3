import type { SimulatedRequest } from '../../src/simulator/service.ts';
import type { World } from './world.ts';

/** A write of the sync in one line of the time line: no URLs, members by their addresses. */
export function retell(world: World, { method, path, body }: SimulatedRequest): string {
  const text = new TextDecoder().decode(body);
  if (path.includes('/civicrm/')) return `sync: ${path.split('/').slice(-2).join('.')} ${brief(new URLSearchParams(text).get('params') ?? text)}`;
  if (!path.endsWith('/batches')) return operation(world, method, path, text);
  const { operations } = JSON.parse(text) as { operations: readonly { method: string; path: string; body?: string }[] };
  return `sync: a batch of ${operations.map((each) => `[${operation(world, each.method, each.path, each.body ?? '')}]`).join(' ')}`;
}

/** One operation on a member. */
export function operation(world: World, method: string, path: string, body: string): string {
  const key = decodeURIComponent(path.split('/').at(-1) ?? '');
  return `sync: ${method} ${world.members.find(({ contactId }) => contactId === key)?.email ?? key} ${brief(body)}`;
}

const brief = (json: string): string => json.replaceAll('"', '').replaceAll('@example.org', '');
