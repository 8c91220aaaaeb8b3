import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { emailAddress, memberContactId, type RowId, type UpdateId } from '../../src/base/ids.ts';
import type { Row, Update, UpdateState } from '../../src/store/entities.ts';
import { openMysqlStore } from '../../src/store/mysql/mysql-store.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import type { RowChange, Store, Unit, UpdateChange } from '../../src/store/store.ts';
import { contactRow, LIST, mailchimpUpdate, MINUTE, NOW } from '../contract/store/samples.ts';
import { emptyDatabase } from '../support/mariadb.ts';
import { mysqlPlace, PREFIX } from './mysql-place.ts';

/** Rows and updates are known by when they were made: ids differ from store to store. */
interface Change {
  readonly kind: 'insert' | 'write' | 'delete' | 'insertUpdate' | 'writeUpdate' | 'move';
  readonly which: number;
  readonly other: number;
  readonly stale: boolean;
  readonly email: string | null;
  readonly member: string | null;
  readonly state: UpdateState;
}

interface PlannedUnit {
  readonly changes: readonly Change[];
  readonly claimant: 'me' | 'other' | undefined;
  readonly ignoreClaims: boolean;
  readonly release: boolean;
}

const change: fc.Arbitrary<Change> = fc.record({
  kind: fc.constantFrom('insert', 'write', 'write', 'delete', 'insertUpdate', 'writeUpdate', 'move'),
  which: fc.nat(6),
  other: fc.nat(6),
  stale: fc.constantFrom(false, false, false, true),
  email: fc.constantFrom(null, 'a@example.org', 'b@example.org', 'c@example.org', 'c@example.org '),
  member: fc.constantFrom(null, 'm1', 'm2'),
  state: fc.constantFrom('planned', 'queued', 'done'),
});
const unit: fc.Arbitrary<PlannedUnit> = fc.record({
  changes: fc.array(change, { minLength: 1, maxLength: 4 }),
  claimant: fc.constantFrom('me', 'other', undefined),
  ignoreClaims: fc.boolean(),
  release: fc.boolean(),
});
/** Commits one after the other, with a claim on a row between them. */
const history = fc.array(fc.record({ units: fc.array(unit, { minLength: 1, maxLength: 4 }), claimed: fc.nat(6) }), { minLength: 1, maxLength: 5 });

/** A store, and the ids that it gave. */
class Side {
  readonly store: Store;
  readonly rows: RowId[] = [];
  readonly updates: UpdateId[] = [];

  constructor(store: Store) {
    this.store = store;
  }

  async #current(): Promise<ReadonlyMap<RowId, Row>> {
    return new Map((await this.store.rowsById(LIST, this.rows)).map((row) => [row.id, row]));
  }

  async commit(planned: readonly PlannedUnit[]): Promise<readonly string[]> {
    const current = await this.#current();
    const outcomes = await this.store.commit(LIST, planned.map((each) => this.#unit(each, current)), { now: NOW });
    for (const outcome of outcomes) {
      if (outcome.kind !== 'done') continue;
      this.rows.push(...outcome.rows);
      this.updates.push(...outcome.updates);
    }
    return outcomes.map(({ kind }) => kind);
  }

  async claim(which: number): Promise<number> {
    const row = (await this.#current()).get(this.rows[which] ?? (0 as RowId));
    return row ? (await this.store.claimRows(LIST, [row], 'me', NOW, NOW + MINUTE)).length : 0;
  }

  /** All that there is, in terms of when it was made. */
  async everything(): Promise<unknown> {
    const rows = [...(await this.#current()).values()].map(({ id, ...row }) => ({ ...row, at: this.rows.indexOf(id) }));
    const updates = (await this.store.updatesById(this.updates)).map(({ id, rowId, ...update }: Update) => ({ ...update, at: this.updates.indexOf(id), row: rowId === null ? null : this.rows.indexOf(rowId) }));
    return { rows, updates, counts: await this.store.countRows(LIST) };
  }

  #unit({ changes, claimant, ignoreClaims, release }: PlannedUnit, current: ReadonlyMap<RowId, Row>): Unit {
    return {
      rows: changes.flatMap((each) => this.#rowChange(each, current) ?? []),
      updates: changes.flatMap((each) => this.#updateChange(each) ?? []),
      ...(claimant && { claimant }),
      ignoreClaims,
      release,
    };
  }

  #rowChange({ kind, which, stale, email, member }: Change, current: ReadonlyMap<RowId, Row>): RowChange | null {
    const values = { email: email === null ? null : emailAddress(email), memberContactId: member === null ? null : memberContactId(member) };
    if (kind === 'insert') return { kind, row: contactRow(1, values) };
    const row = current.get(this.rows[which] ?? (0 as RowId));
    if (!row || (kind !== 'write' && kind !== 'delete')) return null;
    const version = row.version - Number(stale);
    return kind === 'write' ? { kind, row: { ...row, ...values, version } } : { kind, id: row.id, version };
  }

  #updateChange({ kind, which, other, state }: Change): UpdateChange | null {
    if (kind === 'insertUpdate') return { kind: 'insert', update: mailchimpUpdate({ rowId: this.rows[which] ?? null, state }) };
    const id = this.updates[which];
    if (kind === 'writeUpdate' && id !== undefined) return { kind: 'write', id, from: ['planned', 'queued'], set: { state } };
    const fromRow = this.rows[which];
    return kind === 'move' && fromRow !== undefined ? { kind, fromRow, toRow: this.rows[other] ?? null } : null;
  }
}

describe('SQLite and MySQL stores', () => {
  let url: string;
  before(async function () {
    url = await emptyDatabase(this);
  });

  it('answer every history of commits and claims alike', async function () {
    this.timeout(60_000);
    await fc.assert(
      fc
        .asyncProperty(history, async (commits) => {
          const sides = [new Side(await openSqliteStore(':memory:')), new Side(await openMysqlStore({ url, tablePrefix: PREFIX }))] as const;
          try {
            for (const { units, claimed } of commits) {
              const [ours, theirs] = await Promise.all(sides.map(async (side) => [await side.commit(units), await side.everything(), await side.claim(claimed)]));
              assert.deepEqual(theirs, ours);
            }
          } finally {
            await Promise.all(sides.map(({ store }) => store.close()));
          }
        })
        .afterEach(() => mysqlPlace(url).remove()),
      { numRuns: 60 },
    );
  });
});
