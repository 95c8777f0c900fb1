import { input } from '../tensor/leaf.ts';
import { add, multiply, subtract } from '../tensor/operators/binary.ts';
import { constant } from '../tensor/leaf.ts';
import { gatherRows } from '../tensor/operators/index-operators.ts';
import { dimensionValue, range, reshape } from '../tensor/operators/shape.ts';
import { cast } from '../tensor/operators/unary.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { scoreItems } from '../nn/similarity.ts';
import { buildEncoder, usesTimes, type ModelConfig } from './model-config.ts';

/**
 * The served graph: histories in, scores of all items out.
 *
 * Inputs `items` int32 `[batch, length]` (0 padding on the right, item index + 1), `lengths` int32 `[batch]` (1 or more)
 * and, for models that read times, `seconds` int32 `[batch, length + 1]`.
 *
 * @returns float32 `[batch, itemCount]`
 */
export function scoringGraph(config: ModelConfig, itemCount: number): Tensor {
  const items = input('items', 'int32', ['batch', 'length']);
  const lengths = input('lengths', 'int32', ['batch']);
  const seconds = usesTimes(config) ? input('seconds', 'int32', ['batch', '(1+length)']) : null;
  const { hidden, table, scoring } = buildEncoder(config, itemCount, { items, seconds }, 'serving');
  const one = constant(1, { dtype: 'int32' });
  const rowStarts = multiply(range('batch', items), cast(dimensionValue(items, 'length'), 'int32'));
  const last = gatherRows(reshape(hidden, [-1, config.dimension]), subtract(add(rowStarts, lengths), one));
  return scoreItems(last, table, scoring);
}
