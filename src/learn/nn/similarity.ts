import { l2Normalize } from '../tensor/operators/normalize.ts';
import { matmul } from '../tensor/operators/matrix.ts';
import { slice } from '../tensor/operators/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';

/** How a hidden state scores an item: dot product, or cosine over a temperature. */
export type ItemScoring = { readonly kind: 'dot' } | { readonly kind: 'cosine'; readonly temperature: number };

/** Both sides ready for a product: normalised for cosine, untouched for dot. */
export function normalizedItems(
  rows: Tensor,
  items: Tensor,
  scoring: ItemScoring,
): { readonly rows: Tensor; readonly items: Tensor; readonly scale: number } {
  if (scoring.kind === 'dot') return { rows, items, scale: 1 };
  return { rows: l2Normalize(rows), items: l2Normalize(items), scale: 1 / scoring.temperature };
}

/**
 * Scores of all items.
 *
 * @param hidden `[..., dim]`
 * @param table `[items + 1, dim]`
 * @returns `[..., items]`; column j is item j (row j + 1 of the table)
 */
export function scoreItems(hidden: Tensor, table: Tensor, scoring: ItemScoring): Tensor {
  const { rows, items, scale } = normalizedItems(hidden, slice(table, 0, 1, 2 ** 31), scoring);
  return matmul(rows, items, { transposeRight: true, scale });
}
