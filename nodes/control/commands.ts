import type { NodeAPI } from 'node-red';
import { SyncError } from '../../src/base/errors.ts';
import type { FailReason, Run } from '../../src/store/entities.ts';
import type { Engine } from '../../src/sync/engine.ts';
import type { KeepSecret, WebhookAction } from '../../src/sync/webhooks/administer.ts';
import { askedLists, readAskedRun } from '../lib/run-request.ts';
import { explain } from './explain-command.ts';
import { approve, plan, reject } from './plan-commands.ts';

/** What a command works with: the message's `sync`, and the start node that the dialog names. */
export interface Command {
  readonly RED: NodeAPI;
  readonly engine: Engine;
  readonly sync: unknown;
  readonly start: string;
  /** What the message says beside the topic. */
  readonly payload: unknown;
  readonly signal: AbortSignal;
  /** Keeps a secret for good; null forgets it. */
  readonly keepSecret: KeepSecret;
}

/** How each audience stands; `sync.listId` or `sync.listIds` narrow it. */
async function status({ engine, sync }: Command): Promise<unknown> {
  const lists = askedLists(readAskedRun(sync));
  const audiences = await engine.status();
  return lists === null ? audiences : audiences.filter(({ listId }) => lists.includes(listId));
}

/** Hands the request to the start node, because a run needs the flow behind it. */
function run({ RED, sync, start }: Command): Promise<unknown> {
  const request = readAskedRun(sync);
  const node = RED.nodes.getNode(start) as ReturnType<NodeAPI['nodes']['getNode']> | null | undefined;
  if (node?.type !== 'mailchimpsync-start') throw new SyncError('message_invalid', 'No start node is chosen, or it is disabled: "run" needs one; choose it in the dialog of the control node.');
  node.receive({ sync: request });
  return Promise.resolve({ asked: request });
}

/** Ends the running runs of the audiences named, or of all. */
async function abort({ engine, sync }: Command): Promise<unknown> {
  const ended: Run[] = [];
  for (const list of askedLists(readAskedRun(sync)) ?? engine.settings.audiences.keys()) {
    const ending = await engine.abort(list);
    if (ending !== null) ended.push(ending);
  }
  return ended;
}

const REASONS = ['no_email', 'on_hold', 'cleaned', 'compliance', 'forgotten', 'address_refused', 'address', 'later', 'opted_out', 'data_refused', 'left_out', 'other'] as const satisfies readonly FailReason[];
const isReason = (payload: unknown): payload is FailReason => (REASONS as readonly unknown[]).includes(payload);

/** Lets the people of the audiences named, or of all, who were refused for the reason that the payload names be asked for once more. */
async function release({ engine, sync, payload }: Command): Promise<unknown> {
  if (payload !== 'all' && !isReason(payload)) throw new SyncError('message_invalid', `msg.payload is no reason to release: it may be all, ${REASONS.join(', ')}.`);
  const released: Record<string, number> = {};
  for (const list of askedLists(readAskedRun(sync)) ?? engine.settings.audiences.keys()) released[list] = await engine.release(list, payload === 'all' ? null : payload);
  return released;
}

const WEBHOOK_ACTIONS: readonly unknown[] = ['check', 'add', 'repair', 'delete'] satisfies WebhookAction[];
const isWebhookAction = (payload: unknown): payload is WebhookAction => WEBHOOK_ACTIONS.includes(payload);

/** Looks at, adds, puts right or deletes the webhooks of the audiences named, or of all, and their accounts' batch webhooks. */
function webhooks({ engine, sync, payload, signal, keepSecret }: Command): Promise<unknown> {
  if (!isWebhookAction(payload)) throw new SyncError('message_invalid', `msg.payload is nothing that can be done with webhooks: it may be ${WEBHOOK_ACTIONS.join(', ')}.`);
  return engine.administerWebhooks(payload, { listIds: askedLists(readAskedRun(sync)), signal, keepSecret });
}

const COMMANDS = new Map<unknown, (command: Command) => Promise<unknown>>([
  ['status', status],
  ['run', run],
  ['plan', plan],
  ['approve', approve],
  ['reject', reject],
  ['abort', abort],
  ['release', release],
  ['explain', explain],
  ['webhooks', webhooks],
]);

/** The command that a topic names; throws `message_invalid` for one that there is not. */
export function commandFor(topic: unknown): (command: Command) => Promise<unknown> {
  const command = COMMANDS.get(topic);
  if (command === undefined) throw new SyncError('message_invalid', `msg.topic is no command: it may be ${[...COMMANDS.keys()].join(', ')}.`);
  return command;
}
