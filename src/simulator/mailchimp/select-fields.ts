/** What `fields` or `exclude_fields` name: a tree of dotted paths; an empty branch stands for everything below it. */
export type FieldTree = ReadonlyMap<string, FieldTree>;

/** Reads `members.id,members.merge_fields.FNAME`. null when the parameter is not there. */
export function readFieldTree(text: string | null): FieldTree | null {
  if (text === null || text === '') return null;
  const root = new Map<string, FieldTree>();
  for (const path of text.split(',')) plant(root, path.trim().split('.'));
  return root;
}

function plant(tree: Map<string, FieldTree>, [name, ...rest]: readonly string[]): void {
  if (name === undefined) return;
  const known = tree.get(name);
  if (rest.length === 0) tree.set(name, new Map());
  else if (known === undefined || known.size > 0) {
    const branch = new Map(known ?? []);
    plant(branch, rest);
    tree.set(name, branch);
  }
}

/** Keeps what the tree names; arrays are looked through. */
export function keepFields(value: unknown, tree: FieldTree): unknown {
  if (tree.size === 0) return value;
  if (Array.isArray(value)) return value.map((item) => keepFields(item, tree));
  if (typeof value !== 'object' || value === null) return value;
  const kept: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(value)) {
    const branch = tree.get(name);
    if (branch !== undefined) kept[name] = keepFields(inner, branch);
  }
  return kept;
}

/** Drops what the tree names; arrays are looked through. */
export function dropFields(value: unknown, tree: FieldTree): unknown {
  if (Array.isArray(value)) return value.map((item) => dropFields(item, tree));
  if (typeof value !== 'object' || value === null) return value;
  const kept: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(value)) {
    const branch = tree.get(name);
    if (branch === undefined) kept[name] = inner;
    else if (branch.size > 0) kept[name] = dropFields(inner, branch);
  }
  return kept;
}

/**
 * The first path of the tree that leads nowhere in a sample of the answer, or null. `open` names the objects whose
 * keys are free (merge tags, ids of interests).
 */
export function strayPath(tree: FieldTree, sample: unknown, open: readonly string[], at = ''): string | null {
  const shown: unknown = Array.isArray(sample) ? sample[0] : sample;
  if (typeof shown !== 'object' || shown === null) return null;
  for (const [name, branch] of tree) {
    const path = `${at}${name}`;
    if (!(name in shown)) return path;
    if (open.includes(name)) continue;
    const inner = strayPath(branch, (shown as Record<string, unknown>)[name], open, `${path}.`);
    if (inner !== null) return inner;
  }
  return null;
}
