import { listId } from '../../src/base/ids.ts';
import type { InboxEntry, Row, Update, UpdateState } from '../../src/store/entities.ts';
import type { Store, Unit } from '../../src/store/store.ts';
import { inProcessStore, type InProcessStore, type StoreCall } from './in-process-store.ts';
import { LIST } from './world.ts';

const MANY = 100_000;
const OPEN: readonly UpdateState[] = ['planned', 'queued', 'sending', 'submitted'];
const audience = listId(LIST);

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

  rows(): readonly Row[] {
    return this.#store.methods.rows({ listId: audience, after: null, limit: MANY, where: { kind: 'all' } });
  }

  inbox(): readonly InboxEntry[] {
    return this.#store.methods.unhandled(audience, MANY);
  }

  /** Updates that have not ended. */
  openUpdates(): readonly Update[] {
    return (['mailchimp', 'civicrm'] as const).flatMap((side) => OPEN.flatMap((state) => this.#store.methods.updatesInState(audience, side, state, null, MANY)));
  }

  /** Updates of unknown fate. */
  ghosts(): readonly Update[] {
    return this.#store.methods.updatesInState(audience, 'mailchimp', 'superseded', null, MANY).filter((update) => update.claims);
  }

  /** How many updates there have been. */
  countUpdates(): number {
    return this.#store.methods.countUpdatesInState(audience, [...OPEN, 'done', 'failed', 'aborted', 'superseded']);
  }

  /** Whether a contact used a row once, and does no longer. */
  wasUser(row: Row, contact: number): boolean {
    return this.#past.get(row.id)?.has(contact) === true && !usersOf(row).includes(contact);
  }

  #noticeLeavers({ method, parameters }: StoreCall): void {
    if (method !== 'commit') return;
    const [, units] = parameters as readonly [unknown, readonly Unit[]];
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
