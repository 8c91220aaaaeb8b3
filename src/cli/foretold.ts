import type { Verdict } from '../simulator/people/judge.ts';
import type { ReportedRow } from './judge.ts';

/** Whether the simulated people came out as their generator foretold. */
export interface Foretold {
  readonly people: number;
  /** How many did not, by the kind of person and what differs. */
  readonly otherwise: ReadonlyMap<string, number>;
}

/** Asks the simulators' control interface; what the sync reported counts as an outcome that may be foretold. */
export const askForetold = async (controlUrl: string, reported: readonly ReportedRow[], signal: AbortSignal): Promise<Foretold> => {
  const response = await fetch(`${controlUrl}/judge`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ reported }),
    signal,
  });
  const { result } = (await response.json()) as { result: readonly Verdict[] };
  const otherwise = new Map<string, number>();
  for (const { kind, differences } of result) {
    if (differences.length === 0) continue;
    const name = `${kind}: ${differences.map((text) => text.replaceAll(/\bcontact \d+/g, 'contact')).join('; ')}`;
    otherwise.set(name, (otherwise.get(name) ?? 0) + 1);
  }
  return { people: result.length, otherwise };
};
