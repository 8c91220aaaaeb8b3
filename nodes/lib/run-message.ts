import { Ajv } from 'ajv';
import { type Static, Type } from 'typebox';
import { SyncError } from '../../src/base/errors.ts';
import { listId, runId } from '../../src/base/ids.ts';
import type { Run, StageName } from '../../src/store/entities.ts';

export const STAGES = [
  'fetch', 'removeInvalid', 'populate', 'createContacts', 'cleanDuplicates', 'addCiviOnly', 'identifyChanges', 'dataHooks', 'reconcile', 'submit',
] as const satisfies readonly StageName[];

export const Mode = Type.Union([Type.Literal('incremental'), Type.Literal('full'), Type.Literal('since')]);

const RunMessageSchema = Type.Object({
  runId: Type.String({ minLength: 1 }),
  listId: Type.String({ minLength: 1 }),
  mode: Mode,
  since: Type.Union([Type.Number(), Type.Null()]),
  withData: Type.Boolean(),
  dryRun: Type.Boolean(),
  stage: Type.Union([...STAGES.map((stage) => Type.Literal(stage)), Type.Null()]),
});

const isRunMessage = new Ajv().compile<Static<typeof RunMessageSchema>>(RunMessageSchema);

/** What `msg.sync` says of a run between two stages. `since` in ms UTC; `stage` is the last one completed. */
export type RunMessage = Pick<Run, 'listId' | 'mode' | 'since' | 'withData' | 'dryRun' | 'stage'> & { readonly runId: Run['id'] };

/** Reads `msg.sync`; throws `message_invalid` for a message that is not a run's. */
export function readRunMessage(sync: unknown): RunMessage {
  if (!isRunMessage(sync)) {
    const [first] = isRunMessage.errors ?? [];
    throw new SyncError(
      'message_invalid',
      `msg.sync${(first?.instancePath ?? '').replaceAll('/', '.')} ${first?.message ?? 'is not a run'}: this node works on the messages of a run; wire it behind a start node.`,
    );
  }
  return { ...sync, runId: runId(sync.runId), listId: listId(sync.listId) };
}

export const runMessageOf = ({ id, listId: list, mode, since, withData, dryRun, stage }: Run): RunMessage => ({ runId: id, listId: list, mode, since, withData, dryRun, stage });
