import { Ajv } from 'ajv';
import { type Static, Type } from 'typebox';
import type { Instant } from '../../src/base/clock.ts';
import { SyncError } from '../../src/base/errors.ts';
import { type ListId, listId } from '../../src/base/ids.ts';
import type { RunRequest } from '../../src/sync/stage.ts';
import { Mode } from './run-message.ts';

/**
 * What `msg.sync` may ask of a start or control node. `runId` and `stage` are taken no notice of, so that the message
 * of a run that has ended can ask for the same again.
 */
const RequestSchema = Type.Object(
  {
    listId: Type.Optional(Type.String({ minLength: 1 })),
    listIds: Type.Optional(Type.Array(Type.String({ minLength: 1 }), { minItems: 1 })),
    mode: Type.Optional(Mode),
    since: Type.Optional(Type.Union([Type.Number(), Type.String({ minLength: 1 }), Type.Null()])),
    withData: Type.Optional(Type.Boolean()),
    dryRun: Type.Optional(Type.Boolean()),
    runId: Type.Optional(Type.String()),
    stage: Type.Optional(Type.Unknown()),
  },
  { additionalProperties: false },
);

export type AskedRun = Static<typeof RequestSchema>;

const isAskedRun = new Ajv().compile<AskedRun>(RequestSchema);

/** Reads `msg.sync` of a message to a start or control node; throws `message_invalid` naming what is wrong in it. */
export function readAskedRun(sync: unknown): AskedRun {
  if (sync === undefined || sync === null) return {};
  if (isAskedRun(sync)) return sync;
  const [first] = isAskedRun.errors ?? [];
  const unknown: unknown = first?.params['additionalProperty'];
  const what = typeof unknown === 'string' ? `does not know "${unknown}"` : (first?.message ?? 'is not a request');
  throw new SyncError('message_invalid', `msg.sync${(first?.instancePath ?? '').replaceAll('/', '.')} ${what}; it may hold ${Object.keys(RequestSchema.properties).slice(0, 6).join(', ')}.`);
}

/** Audiences that a request names; null when it names none. */
export function askedLists({ listId: one, listIds: several }: AskedRun): readonly ListId[] | null {
  if (several !== undefined) return several.map(listId);
  return one === undefined ? null : [listId(one)];
}

/** A moment as ms UTC; texts are ISO 8601, in UTC when they name no offset. Throws `message_invalid`. */
export function readInstant(value: number | string): Instant {
  if (typeof value === 'number') return value;
  const local = /T[\d:.]+$/.test(value);
  const instant = Date.parse(local ? `${value}Z` : value);
  if (Number.isNaN(instant)) throw new SyncError('message_invalid', `"${value}" is not a date: write it like 2026-03-31 or 2026-03-31T08:00:00Z.`);
  return instant;
}

/** A request as the engine takes it; `since` alone asks for a run in mode `since`. */
export function runRequest(asked: AskedRun): RunRequest {
  const since = asked.since ?? null;
  const mode = asked.mode ?? (since === null ? 'incremental' : 'since');
  if (mode === 'since' && since === null) throw new SyncError('message_invalid', 'A run in mode "since" needs the moment from which it is to read: set "since".');
  return { mode, since: mode === 'since' && since !== null ? readInstant(since) : null, withData: asked.withData ?? false, dryRun: asked.dryRun ?? false };
}
