import { Ajv } from 'ajv';
import { type Static, type TSchema, Type } from 'typebox';
import { SyncError } from '../../src/base/errors.ts';
import { type ListId, runId, updateId } from '../../src/base/ids.ts';
import type { Engine } from '../../src/sync/engine.ts';
import type { Counts } from '../../src/sync/stage.ts';
import { askedLists, readAskedRun } from '../lib/run-request.ts';
import type { Command } from './commands.ts';

const PlanSchema = Type.Object(
  {
    format: Type.Optional(Type.Union([Type.Literal('json'), Type.Literal('csv')])),
    after: Type.Optional(Type.Union([Type.Integer({ minimum: 0 }), Type.Null()])),
    limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 10_000 })),
  },
  { additionalProperties: false },
);
const RejectSchema = Type.Object({ plan: Type.Optional(Type.String({ minLength: 1 })) }, { additionalProperties: false });
const ApproveSchema = Type.Object(
  {
    plan: Type.Optional(Type.String({ minLength: 1 })),
    except: Type.Optional(Type.Array(Type.Union([Type.String({ minLength: 1 }), Type.Integer({ minimum: 1 })]))),
  },
  { additionalProperties: false },
);

const ajv = new Ajv();

/** What a payload asks for. The time stamp or the empty text of an inject node asks for nothing; all else must be understood: it might name people. */
function reader<Schema extends TSchema>(schema: Schema, expected: string): (payload: unknown) => Partial<Static<Schema>> {
  const isAsked = ajv.compile<Static<Schema>>(schema);
  return (payload) => {
    if (payload === undefined || payload === null || payload === '' || typeof payload === 'number') return {};
    if (isAsked(payload)) return payload;
    throw new SyncError('message_invalid', `msg.payload is not understood: it may be ${expected}, or empty.`);
  };
}

const readPlan = reader(PlanSchema, '{"format": "json" or "csv", "after": "next" of the page before, "limit": people a page}');
const readReject = reader(RejectSchema, '{"plan": its id}');
const readApprove = reader(ApproveSchema, '{"plan": its id, "except": [addresses or contact ids]}');

/** The plans that wait, or that the last dry runs made: an array with one for each audience, or one audience's as CSV. */
export async function plan({ engine, sync, payload }: Command): Promise<unknown> {
  const lists = askedLists(readAskedRun(sync)) ?? [...engine.settings.audiences.keys()];
  const { format, ...page } = readPlan(payload);
  if (format === 'csv') {
    const [list, ...others] = lists;
    if (list === undefined || others.length > 0) throw new SyncError('message_invalid', 'A plan as CSV is that of one audience: name it in msg.sync.listId.');
    return engine.planAsCsv(list);
  }
  const views = await Promise.all(lists.map((list) => engine.plan(list, { ...page, after: page.after ? updateId(page.after) : null })));
  return views.filter((view) => view !== null);
}

/** Applies the plans that wait; the answer says how much was done, by audience. */
export async function approve(command: Command): Promise<unknown> {
  const { plan: named, except = [] } = readApprove(command.payload);
  return forEach(await waiting(command, named), (list) => command.engine.approve(list, { ...optional(named), except, signal: command.signal }));
}

/** Drops the plans that wait. */
export async function reject(command: Command): Promise<unknown> {
  const { plan: named } = readReject(command.payload);
  return forEach(await waiting(command, named), (list) => command.engine.reject(list, { ...optional(named), signal: command.signal }));
}

const optional = (named: string | undefined) => (named === undefined ? {} : { plan: runId(named) });

async function forEach(lists: readonly ListId[], work: (list: ListId) => Promise<Counts>): Promise<Readonly<Record<ListId, Counts>>> {
  const answers: Record<ListId, Counts> = {};
  for (const list of lists) answers[list] = await work(list);
  return answers;
}

/** The audiences that a message means: those it names, else those where this plan, or anything, waits; else the first, which says that nothing does. */
async function waiting({ engine, sync }: Command, named: string | undefined): Promise<readonly ListId[]> {
  const asked = askedLists(readAskedRun(sync));
  if (asked !== null) return asked;
  const brakes = (await engine.status()).filter(({ brake }) => (named === undefined ? brake.held !== null || brake.webhooksBeyondLimits > 0 : brake.held?.id === named));
  return brakes.length > 0 ? brakes.map(({ listId }) => listId) : firstOf(engine);
}

const firstOf = ({ settings }: Engine): readonly ListId[] => [...settings.audiences.keys()].slice(0, 1);
