import type { Node, NodeAPI } from 'node-red';

/** Node-RED keeps a node's wiring, links and subflows resolved, as ids by output; its types do not say so. */
const wiresOf = (node: Node): readonly (readonly string[])[] => (node as Node & { wires?: readonly (readonly string[])[] }).wires ?? [];

/** Whether an output (the first is 0) is wired to anything. */
export const isWired = (node: Node, output: number): boolean => (wiresOf(node)[output] ?? []).length > 0;

/**
 * Whether a message that leaves `node` by an output (the first is 0) can come to another node of one of `types`.
 * Follows every output of the nodes between, link nodes and subflows included; disabled nodes end a path.
 */
export function leadsTo(RED: NodeAPI, node: Node, types: readonly string[], output = 0): boolean {
  const seen = new Set([node.id]);
  const waiting = [...(wiresOf(node)[output] ?? [])];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (seen.has(id)) continue;
    seen.add(id);
    const next = RED.nodes.getNode(id) as Node | null | undefined;
    if (!next) continue;
    if (types.includes(next.type)) return true;
    waiting.push(...wiresOf(next).flat());
  }
  return false;
}
