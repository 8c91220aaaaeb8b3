import { writeId, type WriteId } from '../base/ids.ts';
import type { HistoryRow } from '../civicrm/reader.ts';
import type { CivicrmUpdate } from '../store/entities.ts';
import type { Store } from '../store/store.ts';
import { groupBy, unique } from './collections.ts';

/** What the sync's own history rows carry in `tracking`: `mailchimpsync:{write id}`. */
const OURS = /^mailchimpsync:(\w+)$/;
const writeIn = ({ tracking }: HistoryRow): string => OURS.exec(tracking ?? '')?.[1] ?? '';

/** The sync's own updates by write id. */
export type OwnWrites = ReadonlyMap<string, readonly CivicrmUpdate[]>;

/** The updates that made some history rows, as far as they are ours. */
export async function ownWritesIn(store: Store, history: readonly HistoryRow[]): Promise<OwnWrites> {
  const writes = unique(history.map(writeIn).filter((write) => write !== '')).map((id): WriteId => writeId(id));
  const updates = writes.length > 0 ? await store.updatesByWriteId(writes) : [];
  return groupBy(updates.filter((update): update is CivicrmUpdate => update.side === 'civicrm'), (update) => update.writeId);
}

/** Write id, contact and group lead to the update; a merged contact's rows are its survivor's now. */
export function updateOf(row: HistoryRow, writes: OwnWrites): CivicrmUpdate | undefined {
  const inCall = writes.get(writeIn(row))?.filter((update) => update.ask.kind === 'group' && update.ask.groupId === row.groupId);
  return inCall?.find((update) => update.contactId === row.contactId) ?? (inCall?.length === 1 ? inCall[0] : undefined);
}
