import type { Node, NodeAPI } from 'node-red';
import type { StageName } from '../../src/store/entities.ts';
import type { HookRunner } from '../../src/sync/data/hook-runner.ts';
import { NEXT, planMessageOf } from './plan-message.ts';
import { leadsTo } from './downstream.ts';
import type { EngineUserDefinition } from './engine-node.ts';
import { handleInputs, type Work } from './input-handler.ts';
import { readRunMessage, runMessageOf } from './run-message.ts';

/** A run ends with whichever of these comes last in its flow (architecture.md, Rules). */
const ENDING = { reconcile: 'mailchimpsync-reconcile', submit: 'mailchimpsync-submit' } as const;

const isEnding = (stage: StageName): boolean => stage in ENDING;

/**
 * Registers the node type of a stage: runs the stage for the run that a message names, and sends that same message on
 * with the stage's counts as payload; a run that is over, foreign or past this stage goes through untouched.
 * A run that is held comes out of the second output.
 * @param hookOf makes the hook of the flow that the stage may ask
 */
export function registerStage(RED: NodeAPI, type: string, stage: StageName, hookOf?: (node: Node, definition: EngineUserDefinition, work: Work) => HookRunner | undefined): void {
  RED.nodes.registerType(type, function stageNode(this: Node, definition: EngineUserDefinition) {
    RED.nodes.createNode(this, definition);
    const isLast = (): boolean => isEnding(stage) && !leadsTo(RED, this, Object.values(ENDING));
    handleInputs(RED, this, definition, { handle: (work) => runStage(stage, work, isLast(), hookOf?.(this, definition, work)) });
  });
}

async function runStage(stage: StageName, { engine, message, status, signal, send, warn }: Work, last: boolean, hook?: HookRunner): Promise<void> {
  const { runId } = readRunMessage(message.sync);
  status.working('working');
  const outcome = await engine.runStage(stage, runId, { signal, last, ...(hook && { hook }), progress: (progress) => status.progress(stage, progress) });
  if (outcome.kind === 'passed') {
    status.idle('passed');
    return send(message);
  }
  message.payload = outcome.plan ? { ...outcome.counts, plan: planMessageOf(outcome.plan) } : outcome.counts;
  message.sync = { ...runMessageOf(outcome.run), stage };
  if (outcome.run.state === 'held') {
    if (outcome.run.dryRun) status.done('dryRun');
    else {
      status.attention('held');
      warn(`Nothing of the plan for the audience ${outcome.run.listId} was applied: it waits for approval. msg.payload.plan.why of the lower output says why. ${NEXT.held}`);
    }
    return send([null, message]);
  }
  status.done('done');
  send(message);
}
