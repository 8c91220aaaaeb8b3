import { isDeepStrictEqual } from 'node:util';
import type { RowId } from '../../base/ids.ts';
import type { Contact } from '../../civicrm/reader.ts';
import type { Row } from '../../store/entities.ts';
import { inChunks } from '../collections.ts';
import { rewriteRows } from '../commit.ts';
import type { DecisionRules } from '../decision.ts';
import { decisionRules } from '../decision-rules.ts';
import type { Counts, StageContext } from '../stage.ts';
import { KnownMergeFields } from './audience-merge-fields.ts';
import { compared, rowsWithData } from './built-in-hooks.ts';
import { readHookAnswer } from './hook-answer.ts';
import { flowHook, memoryOf, withOutput } from './hook-memory.ts';
import type { HookAnswer, HookOutput, HookRow, HookRun, HookRunner } from './hook-runner.ts';
import { leadsOf } from './leads.ts';
import { everybodyCount, hookCount, hookIsDue, skippedCount } from './whole-comparison.ts';

/**
 * Asks a hook of the flow: once before, then chunk by chunk. At most a few chunks wait for their answer at a time, because
 * Node-RED queues messages without end (facts/node-red.md, back-pressure).
 */
export async function runFlowHook(context: StageContext, hook: HookRunner, all: boolean): Promise<Counts> {
  const everybody = all || hook.everybody || (await hookIsDue(context, hook.name));
  const run: HookRun = { runId: context.run.id, listId: context.run.listId, all: everybody };
  const isReady = (await hook.before(run, context.signal)) === 'ready';
  if (!hook.rows) return { [hookCount(hook.name)]: 0 };
  if (!isReady) return { [hookCount(hook.name)]: 0, [skippedCount(hook.name)]: await rowsCounted(context, everybody) };
  const asking = new Asking(context, hook, run, hook.rows);
  try {
    for await (const rows of rowsWithData(context, everybody)) {
      const leads = await leadsOf(context, rows, context.signal);
      for (const chunk of inChunks(rows.filter((row) => leads.has(row.id)), hook.size)) await asking.ask(chunk, leads);
    }
    await asking.allAnswered();
  } finally {
    await asking.end();
  }
  return { [hookCount(hook.name)]: asking.asked, ...(asking.skipped > 0 && { [skippedCount(hook.name)]: asking.skipped }), ...(everybody && { [everybodyCount(hook.name)]: 1 }) };
}

async function rowsCounted(context: StageContext, everybody: boolean): Promise<number> {
  let count = 0;
  for await (const rows of rowsWithData(context, everybody)) count += rows.length;
  return count;
}

class Asking {
  asked = 0;
  skipped = 0;
  readonly #context: StageContext;
  readonly #hook: HookRunner;
  readonly #run: HookRun;
  readonly #answersTo: NonNullable<HookRunner['rows']>;
  readonly #rules: DecisionRules;
  readonly #fields: KnownMergeFields;
  readonly #waiting = new Set<Promise<void>>();
  readonly #failed = new AbortController();
  readonly #signal: AbortSignal;

  constructor(context: StageContext, hook: HookRunner, run: HookRun, answersTo: NonNullable<HookRunner['rows']>) {
    this.#run = run;
    this.#answersTo = answersTo;
    this.#context = context;
    this.#hook = hook;
    this.#rules = decisionRules(context, true);
    this.#fields = new KnownMergeFields(context, hook.name);
    this.#signal = AbortSignal.any([context.signal, this.#failed.signal]);
  }

  /** Asks about a chunk; returns once there is room for another one. */
  async ask(rows: readonly Row[], leads: ReadonlyMap<RowId, Contact>): Promise<void> {
    this.#signal.throwIfAborted();
    const work: Promise<void> = this.#askAndTake(rows, leads)
      .catch((error: unknown) => this.#failed.abort(error))
      .finally(() => this.#waiting.delete(work));
    this.#waiting.add(work);
    if (this.#waiting.size >= this.#hook.window) await Promise.race(this.#waiting);
    this.#signal.throwIfAborted();
  }

  async allAnswered(): Promise<void> {
    await Promise.all(this.#waiting);
    this.#signal.throwIfAborted();
  }

  /** Nobody waits for an answer any more. */
  async end(): Promise<void> {
    this.#failed.abort();
    await Promise.all(this.#waiting);
  }

  async #askAndTake(rows: readonly Row[], leads: ReadonlyMap<RowId, Contact>): Promise<void> {
    const shown = rows.map((row) => shownRow(row, leads.get(row.id)!, this.#hook.name));
    const answer = await this.#answersTo(this.#run, shown, (given) => readHookAnswer(given, shown, this.#context.settings.data), this.#signal);
    if (answer) await this.#take(rows, leads, answer);
    else this.skipped += rows.length;
    this.asked += rows.length;
    this.#context.progress({ done: this.asked, total: null });
  }

  async #take(rows: readonly Row[], leads: ReadonlyMap<RowId, Contact>, answer: HookAnswer): Promise<void> {
    const outputs = new Map<RowId, HookOutput>();
    for (const [id, output] of answer) outputs.set(id, { ...output, wants: await this.#fields.only(output.wants, this.#signal) });
    await rewriteRows(this.#context, rows.filter((row) => outputs.has(row.id)), async (again) =>
      again.map((row) => {
        const lead = leads.get(row.id)!;
        const { row: after } = compared(withOutput(row, flowHook(this.#hook.name), { of: lead.id, ...outputs.get(row.id)! }), lead, this.#rules);
        return isDeepStrictEqual(row, after) ? null : { rows: [{ kind: 'write', row: after }] };
      }),
    );
  }
}

function shownRow(row: Row, lead: Contact, hook: string): HookRow {
  const { member } = row;
  return {
    id: row.id,
    contactId: lead.id,
    email: row.email,
    member: member && {
      status: member.status,
      firstName: member.firstName,
      lastName: member.lastName,
      ...(member.mergeFields && { mergeFields: member.mergeFields }),
      ...(member.tags !== undefined && { tags: member.tags }),
    },
    memory: memoryOf(row, flowHook(hook))?.memory ?? null,
  };
}
