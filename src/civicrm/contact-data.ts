import { Type } from 'typebox';
import { MINUTE, type Duration } from '../base/clock.ts';
import { SyncError } from '../base/errors.ts';
import { contactId, type ContactId } from '../base/ids.ts';
import { checkerOf, type Checked } from '../http/json.ts';
import type { Api4 } from './api4.ts';
import { chunksOf } from './chunks.ts';
import { parseFieldPath, type AggregatePath } from './field-path.ts';
import { TRASHED_TOO, rowsOf } from './queries.ts';

/** The values of some field paths of one contact, by path. A path that CiviCRM does not know, or may not show, is missing. */
export type ContactFields = Readonly<Record<string, unknown>>;

interface ReadFields {
  readonly contacts: ReadonlyMap<ContactId, ContactFields>;
  /** Paths that CiviCRM refused to read, with what it said: a component that is off, a permission that is missing. */
  readonly refused: ReadonlyMap<string, SyncError>;
}

/**
 * Reads what else is known of contacts: what runs with data copy to Mailchimp. By APIv4 in every case, because paths are
 * written as it names them. Lists may be of any length: they are split into chunks.
 */
export interface ContactData {
  /** Labels of the tags of these contacts; contacts without any are left out. */
  tags(ids: readonly ContactId[], signal?: AbortSignal): Promise<ReadonlyMap<ContactId, readonly string[]>>;
  /**
   * Fields of these contacts, live or in the trash. Paths as APIv4 selects them (`job_title`, `gender_id:label`,
   * `address_primary.city`, `Custom_Group.Field`), an expression of such (`UPPER(last_name)`), or an aggregate over
   * another entity: `MAX(Membership.end_date)`. One that CiviCRM refuses keeps none of the others from being read.
   */
  fields(ids: readonly ContactId[], paths: readonly string[], signal?: AbortSignal): Promise<ReadFields>;
}

/** Contacts in one search (facts/civicrm.md). */
const LISTED = 1000;
/** Never the name of a field: CiviCRM refuses an alias that is one (recorded). */
const ALIAS = 'mailchimpsync_value';

const Whole = Type.Union([Type.Integer({ minimum: 0 }), Type.String({ pattern: '^[0-9]+$' })]);
const checkTag = checkerOf(Type.Object({ id: Whole, entity_id: Whole, 'tag_id:label': Type.Union([Type.String(), Type.Null()]) }));
const checkAggregate = checkerOf(Type.Object({ contact_id: Whole, [ALIAS]: Type.Optional(Type.Unknown()) }));
const checkFields = checkerOf(Type.Intersect([Type.Object({ id: Whole }), Type.Record(Type.String(), Type.Unknown())]));

/** Reads contacts' data through APIv4. */
export function createApi4ContactData(api: Api4, { deadline = 5 * MINUTE }: { readonly deadline?: Duration } = {}): ContactData {
  return {
    async tags(ids, signal) {
      const found = new Map<ContactId, string[]>();
      for (const chunk of chunksOf(ids, LISTED)) {
        const where = [['entity_table', '=', 'civicrm_contact'], ['entity_id', 'IN', chunk]];
        // The label is what people see and name in the settings; sites without labels give the name.
        for (const { contact, label } of await rowsOf(api, { entity: 'EntityTag', select: ['id', 'entity_id', 'tag_id:label'], where, read: readTag }, deadline, signal))
          found.set(contact, [...(found.get(contact) ?? []), label]);
      }
      return found;
    },

    async fields(ids, paths, signal) {
      const found: Found = new Map();
      const refused = new Map<string, SyncError>();
      const parsed = paths.map(parseFieldPath);
      const plain = parsed.flatMap((path) => (path.kind === 'field' ? [path.path] : []));
      const others = parsed.filter((path) => path.kind !== 'field');
      const unlessRefused = async (path: string, read: () => Promise<void>): Promise<void> => {
        if (refused.has(path)) return;
        try {
          await read();
        } catch (error) {
          if (!isRefusal(error)) throw error;
          refused.set(path, error);
        }
      };
      for (const chunk of chunksOf(ids, LISTED)) {
        const read = (select: readonly string[]): Promise<void> => addFields(api, select, chunk, found, deadline, signal);
        try {
          await read(plain.filter((path) => !refused.has(path)));
        } catch (error) {
          if (!isRefusal(error)) throw error;
          await read([]);
          for (const path of plain) await unlessRefused(path, () => read([path]));
        }
        for (const other of others)
          await unlessRefused(other.path, () =>
            other.kind === 'aggregate' ? addAggregate(api, other, chunk, found, deadline, signal) : addExpression(api, other.path, chunk, found, deadline, signal),
          );
      }
      return { contacts: found, refused };
    },
  };
}

function readTag(row: unknown): Checked<{ readonly contact: ContactId; readonly label: string }> {
  const checked = checkTag(row);
  if (!checked.fits) return checked;
  return { fits: true, value: { contact: contactId(Number(checked.value.entity_id)), label: checked.value['tag_id:label'] ?? '' } };
}

/** What is not real is not counted: CiviCRM's own reports leave out the same. */
const ONLY_REAL: Readonly<Record<string, readonly unknown[]>> = {
  Membership: [['is_test', '=', false]],
  Contribution: [['is_test', '=', false], ['contribution_status_id:name', '=', 'Completed']],
};

/** CiviCRM's own no, an answer in its form: the rest can be read. */
const isRefusal = (error: unknown): error is SyncError => error instanceof SyncError && (error.code === 'civicrm_refused' || error.code === 'civicrm_unauthorized');

type Found = Map<ContactId, Record<string, unknown>>;

/** Contacts among these, each with the fields of these paths that CiviCRM gives, beside those that it has. */
async function addFields(api: Api4, paths: readonly string[], ids: readonly ContactId[], found: Found, deadline: Duration, signal?: AbortSignal): Promise<void> {
  const rows = await rowsOf(api, { entity: 'Contact', select: ['id', ...paths], where: [['id', 'IN', ids], TRASHED_TOO], read: checkFields }, deadline, signal);
  for (const { id, ...fields } of rows) found.set(contactId(Number(id)), { ...found.get(contactId(Number(id))), ...fields, ...(paths.includes('id') && { id }) });
}

/** An expression is asked for by itself, under a name of ours: CiviCRM's own for it depends on the expression. */
async function addExpression(api: Api4, path: string, ids: readonly ContactId[], found: Found, deadline: Duration, signal?: AbortSignal): Promise<void> {
  const of: Found = new Map();
  await addFields(api, [`${path} AS ${ALIAS}`], ids, of, deadline, signal);
  if (ids.some((id) => found.has(id) && !of.has(id)))
    throw new SyncError('civicrm_refused', `CiviCRM has one value for several contacts. A function over many rows needs the entity that they are of, such as MAX(Membership.end_date).`);
  for (const [id, fields] of of) {
    const contact = found.get(id);
    if (contact && fields[ALIAS] !== undefined) contact[path] = fields[ALIAS];
  }
}

/** One value a contact; a contact without any such row has the value null. */
async function addAggregate(
  api: Api4,
  { path, entity, field, name }: AggregatePath,
  ids: readonly ContactId[],
  found: Found,
  deadline: Duration,
  signal?: AbortSignal,
): Promise<void> {
  const call = {
    entity,
    action: 'get',
    params: {
      select: ['contact_id', `${name}(${field}) AS ${ALIAS}`],
      where: [['contact_id', 'IN', ids], ...(ONLY_REAL[entity] ?? [])],
      groupBy: ['contact_id'],
      orderBy: { contact_id: 'ASC' },
    },
  };
  const rows = (await api.read(call, deadline, signal)).map((row) => api.fitting(checkAggregate(row), call));
  if (rows.some((row) => row[ALIAS] === undefined)) return; // a field that does not exist, or may not be seen, is left out without a word
  const values = new Map(rows.map((row) => [contactId(Number(row.contact_id)), row[ALIAS]]));
  for (const id of ids) {
    const fields = found.get(id);
    if (fields) fields[path] = values.get(id) ?? null;
  }
}
