import { listId, type ListId } from '../../src/base/ids.ts';
import type { InboxEntry, Row, Update, UpdateState } from '../../src/store/entities.ts';
import type { Store, Unit } from '../../src/store/store.ts';
import { inProcessStore, type InProcessStore, type StoreCall } from './in-process-store.ts';

const MANY = 100_000;
const OPEN: readonly UpdateState[] = ['planned', 'queued', 'sending', 'submitted'];

/** The sync's store over the whole history, whatever becomes of its processes, and what the judge asks it. */
export class SyncStore {
  readonly #store: InProcessStore = inProcessStore('history');
  /** Contacts that used a row before, by the row's id. */
  readonly #past = new Map<number, Set<number>>();

  opened(enter: () => Promise<void>): Store {
    return this.#store.opened(async (call) => {
      await enter();
      this.#noticeLeavers(call);
    });
  }

  close(): void {
    this.#store.close();
  }

  rows(list: string): readonly Row[] {
    return this.#store.methods.rows({ listId: listId(list), after: null, limit: MANY, where: { kind: 'all' } });
  }

  inbox(list: string): readonly InboxEntry[] {
    return this.#store.methods.unhandled(listId(list), MANY);
  }

  /** Updates that have not ended. */
  openUpdates(list: string): readonly Update[] {
    return (['mailchimp', 'civicrm'] as const).flatMap((side) => OPEN.flatMap((state) => this.#store.methods.updatesInState(listId(list), side, state, null, MANY)));
  }

  /** Updates of unknown fate. */
  ghosts(list: string): readonly Update[] {
    return this.#store.methods.updatesInState(listId(list), 'mailchimp', 'superseded', null, MANY).filter((update) => update.claims);
  }

  /** How many updates there have been. */
  countUpdates(list: string): number {
    return this.#store.methods.countUpdatesInState(listId(list), [...OPEN, 'done', 'failed', 'aborted', 'superseded']);
  }

  /** Whether a contact used a row once, and does no longer. */
  wasUser(row: Row, contact: number): boolean {
    return this.#past.get(row.id)?.has(contact) === true && !usersOf(row).includes(contact);
  }

  #noticeLeavers({ method, parameters }: StoreCall): void {
    if (method !== 'commit') return;
    const [audience, units] = parameters as readonly [ListId, readonly Unit[]];
    for (const change of units.flatMap((unit) => unit.rows ?? [])) {
      if (change.kind !== 'write') continue;
      const [before] = this.#store.methods.rowsById(audience, [change.row.id]);
      const past = this.#past.get(change.row.id) ?? new Set<number>();
      for (const user of before ? usersOf(before) : []) past.add(user);
      this.#past.set(change.row.id, past);
    }
  }
}

export const usersOf = (row: Row): readonly number[] => [...(row.contactId === null ? [] : [row.contactId]), ...(row.memory.users ?? [])];
