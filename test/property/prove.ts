import { asyncProperty, check } from 'fast-check';

import { histories } from './draw-history.ts';
import { written, type History } from './history.ts';
import { isFailure, judge, type Finding } from './judge.ts';
import { Play } from './play.ts';

export interface Played {
  readonly findings: readonly Finding[];
  readonly timeline: readonly string[];
  readonly updates: number;
}

/** Plays one history and judges what came out. */
export async function played(history: History): Promise<Played> {
  const play = new Play(history.options);
  try {
    await play.all(history);
    return { findings: judge(play), timeline: play.world.timeline, updates: play.world.audiences.reduce((sum, { binding }) => sum + play.store.countUpdates(binding.list), 0) };
  } finally {
    await play.close();
  }
}

export interface Proof {
  readonly seed: number;
  readonly kinds: readonly string[];
  readonly updates: number;
  /** null: nothing broke a promise. */
  readonly counterexample: Counterexample | null;
}

export interface Counterexample extends Played {
  readonly history: History;
}

/** Draws the history of a seed, plays and judges it; one that breaks a promise is shrunk while the same promise is broken. */
export async function prove(seed: number, shrinks = true): Promise<Proof> {
  let first: Played | undefined;
  let broken: string | undefined;
  const property = asyncProperty(histories(), async (history) => {
    const result = await played(history);
    first ??= result;
    broken ??= result.findings.find(isFailure)?.kind;
    return !result.findings.some(({ kind }) => kind === broken);
  });
  const { counterexample } = await check(property, { seed, numRuns: 1, endOnFailure: !shrinks });
  const history = counterexample?.[0];
  return {
    seed,
    kinds: [...new Set(first?.findings.map(({ kind }) => kind))],
    updates: first?.updates ?? 0,
    counterexample: history ? { history, ...(await played(history)) } : null,
  };
}

/** A counterexample for people: what happened, what it broke, and how to make a fixed test of it. */
export function retold(seed: number, { history, timeline, findings }: Counterexample): string {
  return [`seed ${seed}`, ...timeline, ...findings.map(({ kind, why }) => `  => ${kind}: ${why}`), written(history)].join('\n');
}
