import { Ajv } from 'ajv';
import { Type, type Static } from 'typebox';
import { SyncError } from '../../base/errors.ts';
import type { RowId } from '../../base/ids.ts';
import type { DataSettings } from '../../settings/settings.ts';
import { bindsTag } from './binding.ts';
import { LANGUAGE, mergeKey, permissionKey, tagKey, VIP, type Data, type DatumKey, type DatumValue } from './datum.ts';
import type { HookAnswer, HookRow } from './hook-runner.ts';

const Value = Type.Union([Type.String(), Type.Number(), Type.Null(), Type.Record(Type.String(), Type.String())]);
const Tag = Type.Union([
  Type.String({ minLength: 1 }),
  Type.Object({ name: Type.String({ minLength: 1 }), status: Type.Union([Type.Literal('active'), Type.Literal('inactive')]) }, { additionalProperties: false }),
]);
const Permission = Type.Object({ marketing_permission_id: Type.String({ minLength: 1 }), enabled: Type.Boolean() }, { additionalProperties: false });

/** What may stand in a row that comes back: what was shown, which is not read again, and what a hook may set. */
const RowSchema = Type.Object(
  {
    id: Type.Integer(),
    contactId: Type.Optional(Type.Unknown()),
    email: Type.Optional(Type.Unknown()),
    member: Type.Optional(Type.Unknown()),
    merge_fields: Type.Optional(Type.Record(Type.String(), Value)),
    tags: Type.Optional(Type.Array(Tag)),
    language: Type.Optional(Type.String({ minLength: 1 })),
    vip: Type.Optional(Type.Boolean()),
    marketing_permissions: Type.Optional(Type.Array(Permission)),
    memory: Type.Optional(Type.Unknown()),
  },
  { additionalProperties: false },
);
type AnsweredRow = Static<typeof RowSchema>;

const ajv = new Ajv();
const isRow = ajv.compile<AnsweredRow>(RowSchema);
const SETTABLE = 'merge_fields, tags, language, vip, marketing_permissions and memory';

/** Reads what a hook gave back for these rows. Throws `hook_refused`, which names the row and what is wrong with it. */
export function readHookAnswer(answer: unknown, asked: readonly HookRow[], data: DataSettings): HookAnswer {
  if (!Array.isArray(answer)) throw new SyncError('hook_refused', 'A hook gives back msg.payload as an array of rows, each with the id that it came with.');
  const ids = new Set<number>(asked.map(({ id }) => id));
  const read = new Map<RowId, ReturnType<typeof outputOf>>();
  for (const row of answer as readonly unknown[]) {
    const valid = checked(row);
    const id = valid.id as RowId;
    if (!ids.has(id)) throw new SyncError('hook_refused', `A hook gave back row ${id}, which is none of those that it was asked about.`);
    if (read.has(id)) throw new SyncError('hook_refused', `A hook gave back row ${id} twice in one array: nobody can tell which one counts.`);
    read.set(id, outputOf(valid, data));
  }
  return read;
}

function checked(row: unknown): AnsweredRow {
  if (isRow(row)) return row;
  const [error] = isRow.errors ?? [];
  const id: unknown = typeof row === 'object' && row !== null ? (row as Readonly<Record<string, unknown>>)['id'] : undefined;
  const who = typeof id === 'number' ? `row ${id}` : 'a row without its id';
  const extra: unknown = error?.params['additionalProperty'];
  if (extra === 'status') throw new SyncError('hook_refused', `A hook set the status of ${who}: whether somebody is subscribed is decided by both sides' words alone. It may set ${SETTABLE}.`);
  const what = typeof extra === 'string' ? `"${extra}", which it may not set` : `${error?.instancePath ?? ''} that ${error?.message ?? 'is none'}`;
  throw new SyncError('hook_refused', `A hook gave back ${who} with ${what}. It may set ${SETTABLE}.`);
}

function outputOf(row: AnsweredRow, settings: DataSettings): { readonly wants: Data; readonly memory?: unknown } {
  const wants: Record<DatumKey, DatumValue> = {};
  for (const [tag, value] of Object.entries(row.merge_fields ?? {})) {
    refuseBound(row.id, tag, settings);
    wants[mergeKey(tag)] = value ?? '';
  }
  for (const tag of row.tags ?? []) {
    const { name, status } = typeof tag === 'string' ? { name: tag, status: 'active' as const } : tag;
    if (bindsTag(settings.tags, name)) throw bound(row.id, `the tag "${name}"`, 'data.tags');
    wants[tagKey(name)] = status === 'active';
  }
  for (const { marketing_permission_id: id, enabled } of row.marketing_permissions ?? []) wants[permissionKey(id)] = enabled;
  if (row.language !== undefined) wants[LANGUAGE] = row.language;
  if (row.vip !== undefined) wants[VIP] = row.vip;
  return { wants, ...(row.memory !== undefined && row.memory !== null && { memory: row.memory }) };
}

/** What something else writes would be written in turn by both. */
function refuseBound(id: number, tag: string, { names, mergeFields }: DataSettings): void {
  if (tag === 'EMAIL') throw new SyncError('hook_refused', `A hook set the merge field EMAIL of row ${id}: the address of a member is synchronised by itself.`);
  if (names && (tag === 'FNAME' || tag === 'LNAME')) throw bound(id, `the merge field ${tag}`, 'data.names');
  if (Object.hasOwn(mergeFields, tag)) throw bound(id, `the merge field ${tag}`, 'data.mergeFields');
}

const bound = (id: number, what: string, setting: string): SyncError =>
  new SyncError('hook_refused', `A hook set ${what} of row ${id}, which ${setting} of the settings fills: leave it to one of the two.`);
