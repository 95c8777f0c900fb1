import { timeGapBucketCount } from '../../nn/time-gap-buckets.ts';
import { linear } from '../../nn/linear.ts';
import { glorotUniform, normal } from '../../tensor/initializers.ts';
import { inLayer } from '../../tensor/layer-path.ts';
import { parameter } from '../../tensor/leaf.ts';
import { multiplyDimensions } from '../../tensor/dimension.ts';
import { gatherRows } from '../../tensor/operators/index-operators.ts';
import { maskedSoftmax } from '../../tensor/operators/masked-softmax.ts';
import { matmul } from '../../tensor/operators/matrix.ts';
import { concatenate, expandDimension, reshape, transpose } from '../../tensor/operators/shape.ts';
import type { Tensor } from '../../tensor/tensor.ts';

/** What a search found for each candidate: at most K actions each. */
export interface FoundActions {
  /** `[batch, candidates, K, dim]`. */
  readonly actions: Tensor;
  /** int32 `[batch, candidates, K]`, buckets of the time from each action to the candidate's page. */
  readonly gaps: Tensor;
  /** bool `[batch, candidates, K]`, false where fewer were found. */
  readonly mask: Tensor;
}

/** Sizes of an exact search unit. */
export interface ExactSearchConfig {
  readonly heads: number;
  /** Width of a head's queries and keys. */
  readonly headDimension: number;
  /** Width of the time interval's embedding. */
  readonly timeDimension: number;
}

/**
 * The exact search unit of Pi et al. 2020 (eq. 6–8): each found action joined with the embedding of its time interval,
 * z = concat(e, e_t); multi-head target attention softmax((W_a e_a)·(W_b z)) over z itself; the heads side by side through a
 * linear layer. Scores are divided by √headDimension, which the paper leaves out.
 *
 * The projection of the actions is moved to the candidate, (W_bᵀ W_a e_a)·z, so that its cost does not grow with K.
 *
 * @returns `[batch, candidates, dim]`; the output's bias where nothing was found. Cost: batch × candidates × heads × K × dim
 */
export function exactSearch({ heads, headDimension, timeDimension }: ExactSearchConfig, candidates: Tensor, found: FoundActions): Tensor {
  const [batch, count, dimension] = candidates.shape as [string, string, number];
  const width = dimension + timeDimension;
  return inLayer('exactSearch', () => {
    const intervals = gatherRows(parameter('interval', [timeGapBucketCount, timeDimension], normal(0.02)), found.gaps);
    const joined = concatenate([found.actions, intervals], 3);
    const queries = reshape(linear('query', candidates, heads * headDimension, { bias: false }), [-1, heads, headDimension]);
    const keys = reshape(parameter('key', [width, heads * headDimension], glorotUniform), [width, heads, headDimension]);
    // [heads, batch × candidates, width]: what each head looks for, in the space of the joined actions.
    const sought = matmul(transpose(queries, [1, 0, 2]), transpose(keys, [1, 2, 0]), { scale: 1 / Math.sqrt(headDimension) });
    const bySeeker = reshape(transpose(sought, [1, 0, 2]), [batch, count, heads, width], candidates);
    const scores = matmul(bySeeker, joined, { transposeRight: true });
    const weights = maskedSoftmax(scores, expandDimension(found.mask, 2));
    const attended = reshape(matmul(weights, joined), [batch, count, multiplyDimensions(heads, width)]);
    return linear('output', attended, dimension);
  });
}
