import { sourceOfIndices } from './fed-indices.ts';
import { describe, topologicalOrder, type Tensor } from './tensor.ts';

/** An input whose values index a table of known size. */
export interface IndexBound {
  readonly input: string;
  readonly table: string;
  readonly rows: number;
}

/** Finds the inputs that index tables, through casts and reshapes, so that ids can be checked before a run. */
export function indexBounds(outputs: readonly Tensor[]): IndexBound[] {
  const bounds = new Map<string, IndexBound>();
  for (const node of topologicalOrder(outputs)) {
    if (node.kind !== 'gatherRows' && node.kind !== 'sumOfRows') continue;
    const [table, indices] = node.inputs as [Tensor, Tensor];
    const rows = table.shape[0];
    const leaf = sourceOfIndices(indices).node.leaf;
    if (leaf?.kind !== 'input' || typeof rows !== 'number') continue;
    const before = bounds.get(leaf.name);
    if (before === undefined || rows < before.rows) bounds.set(leaf.name, { input: leaf.name, table: describe(table), rows });
  }
  return [...bounds.values()];
}
