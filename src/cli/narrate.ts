import { SyncError } from '../base/errors.ts';
import type { NodeRed } from './node-red.ts';
import type { WatchedNode } from './node-watch.ts';
import type { Progress } from './progress.ts';

const OURS = 'mailchimpsync-';

/** Tells what the flow does: the status of its nodes as it changes, each stage's counts, and, with `failures`, what goes wrong. */
export const narrate = (nodeRed: NodeRed, progress: Progress, { failures }: { readonly failures: boolean }): (() => void) =>
  nodeRed.watch({
    status: (node, text) => {
      if (isOurs(node)) progress.step(nameOf(node), text);
    },
    sent: (node, _output, { payload, sync }) => {
      const counts = isStageDone(node, sync) ? countsText(payload) : '';
      if (counts !== '') progress.line(`${nameOf(node)}: ${counts}`);
    },
    failed: (node, error) => {
      if (failures) progress.problem(`error: [${nameOf(node)}] ${error instanceof SyncError ? `${error.code}: ${error.message}` : String(error)}`);
    },
  });

const isOurs = ({ type }: WatchedNode): boolean => type.startsWith(OURS);

const nameOf = ({ type, name }: WatchedNode): string => (name === '' ? type.replace(OURS, '').replaceAll('-', ' ') : name);

const isStageDone = (node: WatchedNode, sync: unknown): boolean => isOurs(node) && typeof (sync as { stage?: unknown } | undefined)?.stage === 'string';

/** "fetched 5,000, changed 12"; counts of zero say nothing. */
const countsText = (payload: unknown): string =>
  Object.entries((payload as Record<string, unknown> | null) ?? {})
    .filter(([, count]) => typeof count === 'number' && count !== 0)
    .map(([name, count]) => `${name} ${(count as number).toLocaleString('en-US')}`)
    .join(', ');
