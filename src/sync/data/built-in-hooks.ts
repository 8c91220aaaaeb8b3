import { isDeepStrictEqual } from 'node:util';
import type { ContactId, RowId } from '../../base/ids.ts';
import type { ContactFields } from '../../civicrm/contact-data.ts';
import type { Contact } from '../../civicrm/reader.ts';
import type { Row } from '../../store/entities.ts';
import { unique } from '../collections.ts';
import { rewriteRows } from '../commit.ts';
import { decideNames } from '../decide-names.ts';
import type { DecisionRules } from '../decision.ts';
import { memberIsSubscribed } from '../member-status.ts';
import { pagesOfRows } from '../pages.ts';
import { decisionRules } from '../decision-rules.ts';
import type { Counts, StageContext } from '../stage.ts';
import { compareData } from './compare.ts';
import { MERGE_FIELDS_HOOK, TAGS_HOOK, withOutput } from './hook-memory.ts';
import { leadsOf } from './leads.ts';
import { incompleteAddresses, mappedFields, missingPaths, pathsOf, wantedMergeFields, type MappedField } from './merge-fields-hook.ts';
import { readHiddenTags, wantedTags } from './tags-hook.ts';

/** Rows at a time: as many contacts as CiviCRM is asked about in one search. */
const ROWS = 1000;

/** Rows that data are compared for: those that are decided anyway, and, where all are, whoever is subscribed at Mailchimp. */
export async function* rowsWithData(context: StageContext, all: boolean): AsyncGenerator<readonly Row[]> {
  for await (const page of pagesOfRows(context, all ? { kind: 'all' } : { kind: 'status', status: 'todo' }, context.signal, ROWS)) {
    const rows = page.filter((row) => row.syncStatus === 'todo' || memberIsSubscribed(row));
    if (rows.length > 0) yield rows;
  }
}

/** The hooks that come with the sync: names, tags and merge fields. Rows whose data differ become `todo`; nothing is sent here. */
export async function runBuiltInHooks(context: StageContext, all: boolean): Promise<Counts> {
  const hooks = new BuiltInHooks(context, await mappedFields(context, context.signal));
  const counts = { compared: 0, differing: 0 };
  const total = all ? null : (await context.store.countRows(context.settings.listId)).todo;
  for await (const rows of rowsWithData(context, all)) {
    counts.compared += rows.length;
    counts.differing += await hooks.compare(rows);
    context.progress({ done: counts.compared, total });
  }
  hooks.tellIncomplete();
  return counts;
}

/** What was read for some rows. */
interface Reading {
  readonly leads: ReadonlyMap<RowId, Contact>;
  readonly labels: ReadonlyMap<ContactId, readonly string[]>;
  readonly fields: ReadonlyMap<ContactId, ContactFields>;
  readonly hiddenTags: ReadonlyMap<RowId, readonly string[]>;
}

class BuiltInHooks {
  readonly #context: StageContext;
  readonly #rules: DecisionRules;
  readonly #mapped: readonly MappedField[];
  readonly #told = new Set<string>();
  /** People by the merge field that their address is too incomplete for. */
  readonly #incomplete = new Map<string, Set<ContactId>>();

  constructor(context: StageContext, mapped: readonly MappedField[]) {
    this.#context = context;
    this.#rules = decisionRules(context, true);
    this.#mapped = mapped;
  }

  /** How many rows have data that differ. */
  async compare(rows: readonly Row[]): Promise<number> {
    const reading = await this.#read(rows);
    const differing = new Set<RowId>();
    await rewriteRows(this.#context, rows, async (again) =>
      again.map((row) => {
        const { row: after, differs } = this.#compared(row, reading);
        if (differs) differing.add(row.id);
        return isDeepStrictEqual(row, after) ? null : { rows: [{ kind: 'write', row: after }] };
      }),
    );
    return differing.size;
  }

  async #read(rows: readonly Row[]): Promise<Reading> {
    const { settings, contactData, signal } = this.#context;
    const leads = await leadsOf(this.#context, rows, signal);
    const ids = unique([...leads.values()].map((lead) => lead.id));
    return {
      leads,
      labels: settings.data.tags === null ? new Map() : await contactData.tags(ids, signal),
      fields: this.#mapped.length === 0 ? new Map() : await this.#fields(ids),
      hiddenTags: settings.data.tags === null ? new Map() : await readHiddenTags(this.#context, rows.filter(memberIsSubscribed), signal),
    };
  }

  /** A field that CiviCRM does not give is told once, and what it fills stays as it is: nobody's subscription waits for it. */
  async #fields(ids: readonly ContactId[]): Promise<Reading['fields']> {
    const { contacts, refused } = await this.#context.contactData.fields(ids, pathsOf(this.#mapped), this.#context.signal);
    for (const [path, { message }] of refused) this.#tell(`the field ${path} is not compared: ${message}`);
    for (const fields of contacts.values())
      for (const path of missingPaths(this.#mapped, fields))
        if (!refused.has(path)) this.#tell(`the field ${path} is not compared: CiviCRM does not give it. It does not exist, or the API user may not see it.`);
    for (const [id, fields] of contacts) for (const tag of incompleteAddresses(this.#mapped, fields)) this.#incomplete.set(tag, (this.#incomplete.get(tag) ?? new Set()).add(id));
    return contacts;
  }

  /** Told by number: on a site of a country without states it may be everybody. */
  tellIncomplete(): void {
    for (const [tag, { size }] of this.#incomplete)
      this.#context.log(`the address of ${size} people is not sent as ${tag}: Mailchimp takes an address only with street, city, state and postal code. Map its parts to text fields instead, such as "address_primary.city".`);
  }

  #tell(text: string): void {
    if (this.#told.has(text)) return;
    this.#told.add(text);
    this.#context.log(text);
  }

  #compared(row: Row, { leads, labels, fields, hiddenTags }: Reading): Compared {
    const lead = leads.get(row.id);
    if (!lead) return { row, differs: false };
    const { tags } = this.#context.settings.data;
    const hidden = hiddenTags.get(row.id);
    let after: Row = hidden && row.member ? { ...row, member: { ...row.member, tags: hidden } } : row;
    if (tags !== null) after = withOutput(after, TAGS_HOOK, { of: lead.id, wants: wantedTags(after, labels.get(lead.id) ?? [], tags) });
    const given = fields.get(lead.id);
    if (given) after = withOutput(after, MERGE_FIELDS_HOOK, { of: lead.id, wants: wantedMergeFields(this.#mapped, given) });
    return compared(after, lead, this.#rules);
  }
}

interface Compared {
  readonly row: Row;
  readonly differs: boolean;
}

/** The row with what was found to be agreed on; `todo` where something differs. Somebody who is not subscribed gets no data. */
export function compared(row: Row, lead: Contact, rules: DecisionRules): Compared {
  if (!memberIsSubscribed(row)) return { row, differs: false };
  const leading = { id: lead.id, contact: lead };
  const { differing, hookData } = compareData(row, leading, rules.settings.data);
  const names = decideNames(row, leading, rules);
  const differs = Object.keys(differing).length > 0 || Object.keys(names.ask).length > 0 || names.civicrm !== undefined;
  return { row: { ...row, hookData, syncStatus: differs ? 'todo' : row.syncStatus }, differs };
}
