import { runBuiltInHooks } from './data/built-in-hooks.ts';
import { runFlowHook } from './data/flow-hook.ts';
import { comparesAll } from './data/whole-comparison.ts';
import type { Counts, StageContext } from './stage.ts';

/**
 * Stage 8 (`checkForDataUpdates`), in runs with data only: compares names, tags and merge fields, then asks the hook of
 * the flow, if there is one. Rows whose data differ become `todo`. Several hooks of a flow come one after the other, each
 * as this stage again: the built-in ones run with the first.
 */
export async function dataHooks(context: StageContext): Promise<Counts> {
  if (!context.run.withData) return {};
  const before = context.run.counts.dataHooks;
  const all = before ? before['all'] === 1 : await comparesAll(context);
  const counts = before ?? { ...(await runBuiltInHooks(context, all)), all: Number(all) };
  return context.hook ? { ...counts, ...(await runFlowHook(context, context.hook, all)) } : counts;
}
