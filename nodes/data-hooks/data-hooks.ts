import type { Node, NodeAPI } from 'node-red';
import { SECOND } from '../../src/base/clock.ts';
import type { HookRunner } from '../../src/sync/data/hook-runner.ts';
import { isWired, leadsTo } from '../lib/downstream.ts';
import type { EngineUserDefinition } from '../lib/engine-node.ts';
import { registerStage } from '../lib/stage-node.ts';
import { flowHook } from './flow-hook.ts';

interface DataHooksDefinition extends EngineUserDefinition {
  /** What the hook is called, and its memory kept under; empty: the node's id. */
  readonly hook?: string;
  /** Rows a message. */
  readonly size?: number | string;
  /** Seconds. */
  readonly timeout?: number | string;
  readonly onFailure?: 'stop' | 'skip';
  readonly everybody?: boolean;
}

const PRE = 1;
const ROWS = 2;
const ROWS_A_MESSAGE = 500;
const SECONDS = 60;

/** A number of a dialog, which is text once it was typed. */
const positive = (given: number | string | undefined, otherwise: number): number => (Number(given) > 0 ? Number(given) : otherwise);

/** Names, tags and merge fields, and a hook of the flow where the second or third output is wired. */
export default function (RED: NodeAPI): void {
  registerStage(RED, 'mailchimpsync-data-hooks', 'dataHooks', (node: Node, definition: DataHooksDefinition, work): HookRunner | undefined => {
    const asksBefore = isWired(node, PRE);
    const asksRows = isWired(node, ROWS);
    if (!asksBefore && !asksRows) return undefined;
    return flowHook(
      {
        name: definition.hook?.trim() || node.id,
        size: Math.ceil(positive(definition.size, ROWS_A_MESSAGE)),
        patience: positive(definition.timeout, SECONDS) * SECOND,
        onFailure: definition.onFailure ?? 'stop',
        everybody: definition.everybody ?? false,
        waitsBefore: leadsTo(RED, node, ['mailchimpsync-hook-return'], PRE),
        asksBefore,
        asksRows,
      },
      work,
    );
  });
}
