import { MINUTE, type Clock, type Instant } from '../../base/clock.ts';
import { SyncError } from '../../base/errors.ts';
import { listId, type EmailAddress, type ListId } from '../../base/ids.ts';
import type { Random } from '../../base/random.ts';
import { SiteDates } from '../../civicrm/dates.ts';
import { CivicrmDatabase } from '../../civicrm/sql/database.ts';
import type { AudienceSettings, Settings } from '../../settings/settings.ts';
import type { NewRow, Row } from '../../store/entities.ts';
import type { Store, Unit } from '../../store/store.ts';
import { groupBy } from '../collections.ts';
import { audienceLines, linesPast, type CacheLine } from './cache-line.ts';
import { importedRow, lastFetch, type ImportContext } from './imported-row.ts';

/** Lines read and rows written at a time. */
const PAGE = 500;
const DEADLINE = MINUTE;

/** What became of the lines of one audience. */
export interface ImportCounts {
  readonly imported: number;
  /** Rows that were there already, from an import that was broken off, or another line of the same address that was seen later. */
  readonly known: number;
  /** Lines with neither address nor contact, or whose member has an unknown status. */
  readonly useless: number;
  /** Imported without some of their data, which could not be read. */
  readonly damaged: number;
}

export interface ImportOutcome {
  readonly audiences: ReadonlyMap<ListId, ImportCounts>;
  /** Lines of audiences that the settings do not have. */
  readonly others: number;
}

export interface ImportParts {
  readonly settings: Settings;
  readonly store: Store;
  readonly clock: Clock;
  readonly random: Random;
  readonly signal?: AbortSignal;
  readonly progress?: (done: number) => void;
}

/**
 * Takes over what the CiviCRM extension "mailchimpsync" remembers (`civicrm_mailchimpsync_cache`, read only), so that the
 * first run knows when things were said instead of deciding by `last_changed` alone. For audiences that were never synced
 * here. It may be broken off and done again. Throws `civicrm_missing`, `settings_invalid`, and what the database says.
 */
export async function importCache({ settings, store, clock, random, signal, progress }: ImportParts): Promise<ImportOutcome> {
  const { civicrm } = settings;
  if (civicrm === null) throw new SyncError('civicrm_missing', 'The settings have no "civicrm" section, whose "database" the import reads.');
  if (civicrm.database === null) throw new SyncError('settings_invalid', '`civicrm.database`: the import reads the extension\'s table there; give the address of CiviCRM\'s database ("access" may stay "api").');
  for (const audience of settings.audiences.values()) await requireUnused(audience, store);
  const database = new CivicrmDatabase(civicrm.database, { clock, random });
  try {
    const dates = new SiteDates(civicrm.timezone, () => clock.now());
    const fetches = new Map((await database.all(audienceLines, DEADLINE, signal)).map((line) => [line.listId, lastFetch(line.data, dates)]));
    return await new Import(settings, store, (listed) => ({ dates, fetchedAt: fetches.get(listed) ?? null })).all(database, signal, progress);
  } finally {
    await database.close();
  }
}

async function requireUnused({ listId: id, name }: AudienceSettings, store: Store): Promise<void> {
  if ((await store.runs(id, 1)).length === 0) return;
  throw new SyncError('settings_invalid', `The audience ${id} ("${name}") has been synced here already; what the extension remembers is older. Import into a store of its own, before the first run.`);
}

type Counting = { -readonly [Name in keyof ImportCounts]: number };

class Import {
  readonly #settings: Settings;
  readonly #store: Store;
  readonly #contextOf: (listed: string) => { readonly dates: SiteDates; readonly fetchedAt: Instant | null };
  readonly #counts = new Map<ListId, Counting>();
  #others = 0;

  constructor(settings: Settings, store: Store, contextOf: (listed: string) => { readonly dates: SiteDates; readonly fetchedAt: Instant | null }) {
    this.#settings = settings;
    this.#store = store;
    this.#contextOf = contextOf;
    for (const id of settings.audiences.keys()) this.#counts.set(id, { imported: 0, known: 0, useless: 0, damaged: 0 });
  }

  async all(database: CivicrmDatabase, signal?: AbortSignal, progress?: (done: number) => void): Promise<ImportOutcome> {
    let done = 0;
    for (let after = 0; ; ) {
      const lines = await database.all(linesPast(after, PAGE), DEADLINE, signal);
      for (const [listed, own] of groupBy(lines, (line) => line.listId)) await this.#audience(listed, own);
      progress?.((done += lines.length));
      if (lines.length < PAGE) return { audiences: this.#counts, others: this.#others };
      after = lines.at(-1)!.id;
    }
  }

  async #audience(listed: string, lines: readonly CacheLine[]): Promise<void> {
    const settings = this.#settings.audiences.get(listId(listed));
    const counts = this.#counts.get(listId(listed));
    if (!settings || !counts) {
      this.#others += lines.length;
      return;
    }
    const context: ImportContext = { settings, ...this.#contextOf(listed) };
    const rows: NewRow[] = [];
    for (const line of lines) {
      const made = importedRow(line, context);
      if (!made) {
        counts.useless += 1;
        continue;
      }
      if (made.damaged) counts.damaged += 1;
      rows.push(made.row);
    }
    await this.#write(settings.listId, rows, counts);
  }

  /** Of several lines of an address the one that was seen last stays; a contact has one line without an address. */
  async #write(list: ListId, rows: readonly NewRow[], counts: Counting): Promise<void> {
    const known = await this.#store.rowsByEmail(list, [...new Set(rows.flatMap((row) => row.email ?? []))]);
    const ofContacts = await this.#store.rowsByContact(list, [...new Set(rows.flatMap((row) => row.contactId ?? []))]);
    const atAddress = new Map<EmailAddress | null, Row | NewRow>(known.map((row) => [row.email, row]));
    const contactOnly = new Set(ofContacts.filter((row) => row.email === null).map((row) => row.contactId));
    const fresh = new Map<EmailAddress | string, NewRow>();
    const replaced: Row[] = [];
    for (const row of rows) {
      const there = row.email === null ? undefined : atAddress.get(row.email);
      const isKnown = row.email === null ? contactOnly.has(row.contactId) : there !== undefined && seenAt(there) >= seenAt(row);
      if (isKnown) {
        counts.known += 1;
        continue;
      }
      if (row.email === null) contactOnly.add(row.contactId);
      else atAddress.set(row.email, row);
      if (there) counts.known += 1;
      else counts.imported += 1;
      const inStore = known.find((each) => each.email !== null && each.email === row.email);
      if (inStore) replaced.push({ ...inStore, ...row });
      else fresh.set(row.email ?? `contact ${row.contactId}`, row);
    }
    const units = [
      ...[...fresh.values()].map((row): Unit => ({ rows: [{ kind: 'insert', row }] })),
      ...[...new Map(replaced.map((row) => [row.id, row])).values()].map((row): Unit => ({ rows: [{ kind: 'write', row }] })),
    ];
    const outcomes = await this.#store.commit(list, units);
    if (outcomes.some((outcome) => outcome.kind === 'conflict')) throw new SyncError('busy', `Somebody else writes the rows of the audience ${list}: stop Node-RED while you import, and import again.`);
  }
}

const seenAt = (row: NewRow): Instant => row.member?.lastChanged ?? -1;
