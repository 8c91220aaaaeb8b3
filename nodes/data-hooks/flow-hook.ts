import type { Duration } from '../../src/base/clock.ts';
import { codeOf } from '../../src/base/errors.ts';
import type { HookAnswer, HookRow, HookRun, HookRunner } from '../../src/sync/data/hook-runner.ts';
import type { Work } from '../lib/input-handler.ts';
import { openQuestions } from '../lib/open-questions.ts';

/** How a data hooks node asks. */
export interface FlowHookOptions {
  readonly name: string;
  readonly size: number;
  readonly patience: Duration;
  /** What a chunk ends in that gets no answer, or a wrong one. */
  readonly onFailure: 'stop' | 'skip';
  readonly everybody: boolean;
  /** Somebody will say when the loading in bulk is done: the second output leads to a hook return. */
  readonly waitsBefore: boolean;
  readonly asksBefore: boolean;
  readonly asksRows: boolean;
}

/** Chunks without an answer at a time: enough to keep a hook busy, few enough not to fill Node-RED's memory. */
const WINDOW = 4;

/** What is skipped where the node says so; anything else, an abort above all, ends the run's stage. */
const SKIPPABLE: readonly string[] = ['hook_silent', 'hook_refused', 'hook_failed'];

/** Asks a hook in the flow: by messages out of the second and third output, answered at a hook return node. */
export function flowHook(options: FlowHookOptions, { send, warn }: Pick<Work, 'send' | 'warn'>): HookRunner {
  const { name, size, patience, everybody } = options;

  /** What the question comes to; null where it failed and the node says to skip. */
  const unlessSkipped = async <Answer>(skipped: string, question: Promise<Answer>): Promise<Answer | null> => {
    try {
      return await question;
    } catch (error) {
      if (options.onFailure === 'stop' || !SKIPPABLE.includes(codeOf(error))) throw error;
      warn(`${skipped}: ${(error as Error).message}`);
      return null;
    }
  };

  /** Rows would be worked out from what was not loaded: they are skipped with it. */
  const before = async ({ runId, listId, all }: HookRun, signal: AbortSignal): Promise<'ready' | 'skip'> => {
    if (!options.asksBefore) return 'ready';
    const ask = (id: string): void => send([null, { topic: 'pre', payload: { all }, hook: { id, name, runId, listId } }, null]);
    if (options.waitsBefore) return (await unlessSkipped('all rows are skipped', openQuestions.ask(ask, { read: () => 'ready' as const, patience, signal, name }))) ?? 'skip';
    ask('');
    return 'ready';
  };

  const rows = ({ runId, listId }: HookRun, asked: readonly HookRow[], read: (answer: unknown) => HookAnswer, signal: AbortSignal): Promise<HookAnswer | null> => {
    const ask = (id: string): void => send([null, null, { topic: 'rows', payload: [...asked], hook: { id, name, runId, listId } }]);
    return unlessSkipped(`${asked.length} rows are skipped`, openQuestions.ask(ask, { read, patience, signal, name }));
  };

  return { name, size, window: WINDOW, everybody, before, ...(options.asksRows && { rows }) };
}
