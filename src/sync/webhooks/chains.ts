import type { InboxEntry } from '../../store/entities.ts';
import { unique } from '../collections.ts';

/** Entries in groups that have no address in common, each in the order given: groups may be handled side by side. */
export function chainsOf(entries: readonly InboxEntry[]): (readonly InboxEntry[])[] {
  const chains = new Map<string, ReadonlySet<InboxEntry>>();
  for (const entry of entries) {
    const joined = new Set([...addressesOf(entry).flatMap((address) => [...(chains.get(address) ?? [])]), entry]);
    for (const address of unique([...joined].flatMap(addressesOf))) chains.set(address, joined);
  }
  return unique([...chains.values()]).map((chain) => entries.filter((entry) => chain.has(entry)));
}

/** One without an address is a group of its own. */
function addressesOf({ id, email, payload }: InboxEntry): readonly string[] {
  const addresses = [email, payload['oldEmail']].filter((address) => typeof address === 'string');
  return addresses.length > 0 ? addresses : [`entry ${id}`];
}
