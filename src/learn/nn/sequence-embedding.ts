import { truncatedNormal } from '../tensor/initializers.ts';
import { constant, parameter } from '../tensor/leaf.ts';
import { add, multiply } from '../tensor/operators/binary.ts';
import { dropout } from '../tensor/operators/flow.ts';
import { gatherRows } from '../tensor/operators/index-operators.ts';
import { range } from '../tensor/operators/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';

/** Sizes of {@link sequenceEmbedding}. */
export interface SequenceEmbeddingOptions {
  readonly itemCount: number;
  readonly maxLength: number;
  readonly dimension: number;
  readonly dropout: number;
}

/**
 * Item vectors scaled by √dim plus learned positions (Kang & McAuley 2018, eq. 1).
 *
 * @param items int32 `[batch, length]`, 0 for padding (on the right), item index + 1 otherwise
 * @returns `hidden` `[batch, length, dim]` and the table `[itemCount + 1, dim]`, whose row 0 is the padding's
 */
export function sequenceEmbedding(items: Tensor, options: SequenceEmbeddingOptions): { readonly hidden: Tensor; readonly table: Tensor } {
  const { itemCount, maxLength, dimension } = options;
  const table = parameter('itemEmbedding', [itemCount + 1, dimension], truncatedNormal(0.02));
  const positions = parameter('positionEmbedding', [maxLength, dimension], truncatedNormal(0.02));
  const scaled = multiply(gatherRows(table, items), constant(Math.sqrt(dimension)));
  const placed = add(scaled, gatherRows(positions, range(items.shape[1]!, items)));
  return { hidden: dropout(placed, options.dropout), table };
}
