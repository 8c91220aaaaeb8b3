/** Letters to add, drop or replace to get from one text to the other (Levenshtein). */
const distance = (from: string, to: string): number => {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let line = 1; line <= from.length; line += 1) {
    const next = [line];
    for (let column = 1; column <= to.length; column += 1) {
      const replace = (row[column - 1] ?? 0) + (from[line - 1] === to[column - 1] ? 0 : 1);
      next.push(Math.min(replace, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
};

/** How much of a name may differ before a proposal is more of a riddle than a help. */
const FAR = 0.5;

/** The known name most like the given one, capitals aside; null when none is near. */
export const nearest = (given: string, known: readonly string[]): string | null => {
  let best: { name: string; distance: number } | null = null;
  for (const name of known) {
    const steps = distance(given.toLowerCase(), name.toLowerCase());
    if (steps <= Math.max(2, name.length * FAR) && (best === null || steps < best.distance)) {
      best = { name, distance: steps };
    }
  }
  return best?.name ?? null;
};

/** Words to add to a complaint about an unknown name: the nearest one, else those there are. */
export const proposal = (given: string, known: readonly string[]): string => {
  const near = nearest(given, known);
  if (near !== null) return `; did you mean "${near}"?`;
  return known.length === 0 ? '' : `; known here: ${known.map((name) => `"${name}"`).join(', ')}`;
};
