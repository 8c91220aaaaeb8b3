import type { Instant } from '../../base/clock.ts';
import { rowId, updateId, type ContactId, type EmailAddress, type ListId, type MemberContactId, type RowId, type UpdateId } from '../../base/ids.ts';
import type { ContactMemory, NewRow, NewUpdate } from '../entities.ts';
import type { RowChange, Unit, UnitOutcome, UpdateChange, UpdateSet } from '../store.ts';
import { UnitConflict } from '../unit-conflict.ts';
import { Journal } from './journal.ts';

/** A row of the cache table as far as commits judge it, and what is to be written of it. */
export interface PlannedRow {
  readonly id: RowId;
  readonly version: number;
  readonly claimedBy: string | null;
  readonly claimedUntil: Instant | null;
  readonly email: EmailAddress | null;
  readonly member: MemberContactId | null;
  /** What the row becomes; null: what it is. */
  readonly becomes: NewRow | null;
  readonly fate: 'stored' | 'new' | 'deleted';
}

/** What a write may change of an update. */
export type UpdateStanding = Required<Omit<UpdateSet, 'batch' | 'settledAs'>> & { readonly batch: number | null; readonly settledAs: Instant | null };

/** Updates that go from some rows to another, or to none, in the order in which it happened. */
export interface Move {
  readonly from: readonly RowId[];
  readonly to: RowId | null;
}

/** What the database holds of everything that a commit touches, locked. */
export interface Standing {
  readonly rows: ReadonlyMap<RowId, PlannedRow>;
  /** Whose the addresses and members are that the commit sets. */
  readonly emails: ReadonlyMap<EmailAddress, RowId>;
  readonly members: ReadonlyMap<MemberContactId, RowId>;
  readonly updates: ReadonlyMap<UpdateId, UpdateStanding>;
}

/** What a commit comes to: all that is to be written, and what became of each unit. */
export interface CommitPlan {
  readonly outcomes: readonly UnitOutcome[];
  readonly rows: ReadonlyMap<RowId, PlannedRow>;
  readonly updates: ReadonlyMap<UpdateId, UpdateStanding>;
  readonly newUpdates: ReadonlyMap<UpdateId, NewUpdate>;
  readonly moves: readonly Move[];
  readonly contacts: ReadonlyMap<ContactId, ContactMemory>;
}

/**
 * Plays the units of a commit in memory, each whole or not at all, by the rules of store.ts, so that what they come to
 * can be written with a few statements. `firstId` and those after it are nobody's yet; `now` is when claims are judged
 * to have run out.
 */
export const planCommit = (units: readonly Unit[], standing: Standing, listId: ListId, firstId: number, now: Instant): CommitPlan => {
  const play = new Play(standing, listId, firstId, now);
  const outcomes = units.map((unit) => play.unit(unit));
  return { outcomes, ...play.result() };
};

class Play {
  readonly #journal = new Journal();
  readonly #rows: Map<RowId, PlannedRow>;
  readonly #emails: Map<EmailAddress, RowId | null>;
  readonly #members: Map<MemberContactId, RowId | null>;
  readonly #updates: Map<UpdateId, UpdateStanding>;
  readonly #newUpdates = new Map<UpdateId, NewUpdate>();
  readonly #moves: Move[] = [];
  readonly #contacts = new Map<ContactId, ContactMemory>();
  readonly #listId: ListId;
  readonly #now: Instant;
  #nextId: number;

  constructor({ rows, emails, members, updates }: Standing, listId: ListId, firstId: number, now: Instant) {
    this.#rows = new Map(rows);
    this.#emails = new Map(emails);
    this.#members = new Map(members);
    this.#updates = new Map(updates);
    this.#listId = listId;
    this.#nextId = firstId;
    this.#now = now;
  }

  result(): Omit<CommitPlan, 'outcomes'> {
    return { rows: this.#rows, updates: this.#updates, newUpdates: this.#newUpdates, moves: this.#moves, contacts: this.#contacts };
  }

  /** Undoes a unit that meets something else than it expects, or a value that is another row's. */
  unit(unit: Unit): UnitOutcome {
    try {
      const outcome = this.#apply(unit);
      this.#journal.keep();
      return outcome;
    } catch (error) {
      this.#journal.undo();
      if (error instanceof UnitConflict) return { kind: 'conflict' };
      throw error;
    }
  }

  #apply(unit: Unit): UnitOutcome {
    const { rows = [], updates = [], contacts = [], claimant } = unit;
    for (const change of rows) this.#checkRow(change, unit);
    for (const change of updates) if (change.kind === 'write' && !change.from.includes(this.#update(change.id).state)) throw new UnitConflict();
    const insertedRows = rows.flatMap((change) => this.#changeRow(change) ?? []);
    const insertedUpdates = updates.flatMap((change) => this.#changeUpdate(change) ?? []);
    // After the moves, which may take a deleted row's updates to the row that survives it.
    for (const change of rows) if (change.kind === 'delete') this.#move(change.id, null);
    for (const memory of contacts) this.#journal.set(this.#contacts, memory.contactId, memory);
    if (unit.release && claimant !== undefined) this.#release(rows, claimant);
    return { kind: 'done', rows: insertedRows, updates: insertedUpdates };
  }

  #checkRow(change: RowChange, { claimant, ignoreClaims = false }: Unit): void {
    if (change.kind === 'insert') return;
    const { id, version } = change.kind === 'write' ? change.row : change;
    const row = this.#rows.get(id);
    if (!row || row.fate === 'deleted' || row.version !== version) throw new UnitConflict();
    const free = row.claimedBy === null || row.claimedBy === claimant || (row.claimedUntil !== null && row.claimedUntil <= this.#now);
    if (!free && !ignoreClaims) throw new UnitConflict();
  }

  /** The id of a row that is new. */
  #changeRow(change: RowChange): RowId | null {
    switch (change.kind) {
      case 'insert': {
        const id = rowId(this.#newId());
        this.#put({ id, version: 1, claimedBy: null, claimedUntil: null, email: null, member: null, becomes: null, fate: 'new' }, change.row);
        return id;
      }
      case 'write': {
        const row = this.#rows.get(change.row.id);
        // Gone when the same unit deleted it before.
        if (!row || row.fate === 'deleted') throw new UnitConflict();
        this.#put({ ...row, version: row.version + 1 }, change.row);
        return null;
      }
      case 'delete': {
        const row = this.#rows.get(change.id);
        if (!row) return null;
        if (row.email !== null) this.#journal.set(this.#emails, row.email, null);
        if (row.member !== null) this.#journal.set(this.#members, row.member, null);
        this.#journal.set(this.#rows, row.id, { ...row, email: null, member: null, fate: 'deleted' });
        return null;
      }
    }
  }

  #put(row: PlannedRow, becomes: NewRow): void {
    this.#pass(this.#emails, row.id, row.email, becomes.email);
    this.#pass(this.#members, row.id, row.member, becomes.memberContactId);
    this.#journal.set(this.#rows, row.id, { ...row, email: becomes.email, member: becomes.memberContactId, becomes });
  }

  /** A row lets go of one value and takes another, which must be nobody else's. */
  #pass<Key>(owners: Map<Key, RowId | null>, id: RowId, from: Key | null, to: Key | null): void {
    if (from === to) return;
    if (from !== null) this.#journal.set(owners, from, null);
    if (to === null) return;
    const owner = owners.get(to) ?? null;
    if (owner !== null && owner !== id) throw new UnitConflict();
    this.#journal.set(owners, to, id);
  }

  #update(id: UpdateId): UpdateStanding {
    const state = this.#updates.get(id);
    if (!state) throw new UnitConflict();
    return state;
  }

  /** The id of an update that is new. */
  #changeUpdate(change: UpdateChange): UpdateId | null {
    switch (change.kind) {
      case 'insert': {
        const id = updateId(this.#newId());
        this.#journal.set(this.#newUpdates, id, { ...change.update, listId: this.#listId });
        return id;
      }
      case 'write':
        this.#journal.set(this.#updates, change.id, withSet(this.#update(change.id), change.set));
        return null;
      case 'move':
        this.#move(change.fromRow, change.toRow);
        return null;
    }
  }

  /** Those that are stored, by a statement of its own; those that are new, here. */
  #move(from: RowId, to: RowId | null): void {
    this.#journal.push(this.#moves, { from: [from], to });
    for (const [id, update] of this.#newUpdates) if (update.rowId === from) this.#journal.set(this.#newUpdates, id, { ...update, rowId: to });
  }

  #release(changes: readonly RowChange[], claimant: string): void {
    for (const change of changes) {
      const row = change.kind === 'write' ? this.#rows.get(change.row.id) : undefined;
      if (row?.claimedBy === claimant) this.#journal.set(this.#rows, row.id, { ...row, claimedBy: null, claimedUntil: null });
    }
  }

  #newId(): number {
    this.#nextId += 1;
    return this.#nextId - 1;
  }
}

const withSet = (now: UpdateStanding, set: UpdateSet): UpdateStanding => ({
  state: set.state ?? now.state,
  claims: set.claims ?? now.claims,
  sentAt: set.sentAt === undefined ? now.sentAt : set.sentAt,
  endedAt: set.endedAt === undefined ? now.endedAt : set.endedAt,
  failReason: set.failReason === undefined ? now.failReason : set.failReason,
  answer: set.answer === undefined ? now.answer : set.answer,
  batch: set.batch === undefined ? now.batch : set.batch,
  settledAs: set.settledAs ?? now.settledAs,
});

/** How many ids a commit may need. */
export const idsNeeded = (units: readonly Unit[]): number =>
  units.reduce((sum, { rows = [], updates = [] }) => sum + [...rows, ...updates].filter(({ kind }) => kind === 'insert').length, 0);

/** Moves that follow each other to the same row, as one. Rows that were left already are left again without effect. */
export const joinedMoves = (moves: readonly Move[]): readonly Move[] => {
  const joined: Move[] = [];
  for (const move of moves) {
    const last = joined.at(-1);
    if (last && last.to === move.to) joined[joined.length - 1] = { from: [...last.from, ...move.from], to: move.to };
    else joined.push(move);
  }
  return joined;
};
