import type { Node, NodeAPI, NodeMessage } from 'node-red';
import { type ListId, listId } from '../../src/base/ids.ts';
import type { RunMode } from '../../src/store/entities.ts';
import type { EngineUserDefinition } from '../lib/engine-node.ts';
import { handleInputs, type Work } from '../lib/input-handler.ts';
import { NEXT } from '../lib/plan-message.ts';
import { runMessageOf } from '../lib/run-message.ts';
import { type AskedRun, askedLists, readAskedRun, runRequest } from '../lib/run-request.ts';

interface StartDefinition extends EngineUserDefinition {
  /** Ids of audiences with commas between; empty: all. */
  readonly lists: string;
  readonly mode: RunMode;
  /** For mode `since`: an ISO 8601 date. */
  readonly since: string;
  readonly withData: boolean;
  readonly dryRun: boolean;
}

/** Begins or resumes a run of one, several or all audiences: one message an audience. */
export default function (RED: NodeAPI): void {
  RED.nodes.registerType('mailchimpsync-start', function startNode(this: Node, definition: StartDefinition) {
    RED.nodes.createNode(this, definition);
    handleInputs(RED, this, definition, { handle: (work) => startAll(RED, definition, work) });
  });
}

/** What the message asks for, and for the rest what the dialog says. */
function combined(definition: StartDefinition, asked: AskedRun): AskedRun {
  const { mode, withData, dryRun } = definition;
  const since = mode === 'since' && definition.since !== '' ? { since: definition.since } : {};
  // A message that gives a moment means it, whatever mode the dialog has.
  const inDialog = asked.since === undefined || asked.since === null ? { mode, ...since } : {};
  return { ...inDialog, withData, dryRun, ...asked };
}

const chosenLists = ({ lists }: StartDefinition): readonly ListId[] => lists.split(',').map((id) => id.trim()).filter((id) => id !== '').map(listId);

async function startAll(RED: NodeAPI, definition: StartDefinition, work: Work): Promise<void> {
  const { engine, message, status, send, report, signal } = work;
  const asked = readAskedRun(message.sync);
  const request = runRequest(combined(definition, asked));
  const chosen = askedLists(asked) ?? chosenLists(definition);
  const lists = chosen.length > 0 ? chosen : [...engine.settings.audiences.keys()];
  const failures: { readonly list: ListId; readonly error: unknown }[] = [];
  let started = 0;
  status.working('starting');
  for (const list of lists) {
    if (signal.aborted) return;
    try {
      const own: NodeMessage = lists.length === 1 ? message : RED.util.cloneMessage(message);
      const outcome = await engine.start(list, request);
      if (outcome.kind === 'not_started') {
        if (outcome.reason === 'held') status.attention('held');
        else status.idle(outcome.reason);
        const run = outcome.run === null ? null : runMessageOf(outcome.run);
        send([null, Object.assign(own, { payload: { outcome: outcome.kind, reason: outcome.reason, run, ...(outcome.reason === 'held' && { next: NEXT.held }) }, sync: { ...request, listId: list } })]);
        continue;
      }
      started += 1;
      send([Object.assign(own, { payload: { outcome: outcome.kind }, sync: runMessageOf(outcome.run) }), null]);
    } catch (error) {
      failures.push({ list, error });
    }
  }
  if (started > 0) status.done('started', { count: String(started) });
  // One audience's failure is no other's: each is reported with its audience, the last one as the message's own.
  const last = failures.pop();
  for (const { list, error } of failures) report(error, { ...RED.util.cloneMessage(message), sync: { ...request, listId: list } });
  if (last !== undefined) {
    message.sync = { ...request, listId: last.list };
    throw last.error;
  }
}
