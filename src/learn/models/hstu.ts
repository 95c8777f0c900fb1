/**
 * HSTU: Zhai et al., "Actions Speak Louder than Words: Trillion-Parameter Sequential Transducers for Generative
 * Recommendations", ICML 2024 (arXiv 2402.17152).
 *
 * Equations: (1) U, V, Q, K = split(φ₁(f₁(norm(X)))); (2) A V = φ₂(Q Kᵀ + rab^{p,t}) V, pointwise (SiLU) instead of
 * softmax, divided by the maximal length; (3) Y = f₂(norm(A V) ⊙ U). The relative bias is a table over distances and,
 * where there are times, a table over log-spaced gaps (their appendix and public code: floor(log(max(|Δt|, 1)) / 0.301)).
 *
 * Departures: one learned number for each distance 0 … maxLength − 1 (the public code stores negative distances too, which
 * a causal model never reads).
 */
import { causalMask, positionDistances } from '../nn/causal.ts';
import { mergeHeads, splitHeads } from '../nn/heads.ts';
import { linear } from '../nn/linear.ts';
import { sequenceEmbedding } from '../nn/sequence-embedding.ts';
import type { ItemScoring } from '../nn/similarity.ts';
import { normal } from '../tensor/initializers.ts';
import { inLayer } from '../tensor/layer-path.ts';
import { constant, parameter } from '../tensor/leaf.ts';
import { add, divide, maximum, multiply, subtract } from '../tensor/operators/binary.ts';
import { dropout } from '../tensor/operators/flow.ts';
import { gatherRows } from '../tensor/operators/index-operators.ts';
import { matmul } from '../tensor/operators/matrix.ts';
import { standardize } from '../tensor/operators/normalize.ts';
import { expandDimension, slice, split } from '../tensor/operators/shape.ts';
import { absolute, cast, clip, floor, log, silu } from '../tensor/operators/unary.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { EncodedSequence, SequenceInputs } from './sequence-model.ts';

/** Sizes of an HSTU. */
export interface HstuConfig {
  readonly itemCount: number;
  readonly maxLength: number;
  readonly dimension: number;
  readonly blocks: number;
  readonly heads: number;
  /** Size of queries and keys, a head. */
  readonly queryDimension: number;
  /** Size of values and gates, a head. */
  readonly valueDimension: number;
  /** Of embeddings and of each block's gated output; 0 when serving. */
  readonly dropout: number;
  readonly scoring: ItemScoring;
}

/** Gaps longer than e^(128 · 0.301) seconds share a bucket. */
const timeBuckets = 129;

/** Builds the encoder: items `[batch, length]` → hidden `[batch, length, dim]`. Attention costs batch × length² × dim. */
export function hstu(config: HstuConfig, inputs: SequenceInputs): EncodedSequence {
  const { hidden, table } = sequenceEmbedding(inputs.items, config);
  const distances = positionDistances(inputs.items.shape[1] as string, inputs.items);
  const mask = causalMask(distances);
  const pastDistances = maximum(distances, constant(0, { dtype: 'int32' }));
  const buckets = inputs.seconds === null ? null : timeGapBuckets(inputs.seconds, inputs.items.shape[1] as string);
  let x = hidden;
  for (let block = 0; block < config.blocks; block++) {
    x = inLayer(`block${block}`, () => {
      const positionBias = gatherRows(parameter('positionBias', [config.maxLength], normal(0.02)), pastDistances);
      const masked = add(positionBias, mask);
      const bias = buckets === null ? masked : add(gatherRows(parameter('timeBias', [timeBuckets], normal(0.02)), buckets), masked);
      return add(x, transducer(x, bias, config));
    });
  }
  return { hidden: x, table, scoring: config.scoring };
}

function transducer(x: Tensor, bias: Tensor, config: HstuConfig): Tensor {
  const { heads, queryDimension, valueDimension, dimension } = config;
  const [values, queries] = [heads * valueDimension, heads * queryDimension];
  const projected = silu(linear('projection', standardize(x, 1e-6), 2 * values + 2 * queries, { bias: false, initializer: normal(0.02) }));
  const [gate, value, query, key] = split(projected, 2, [values, values, queries, queries]) as [Tensor, Tensor, Tensor, Tensor];
  const logits = matmul(splitHeads(query, heads), splitHeads(key, heads), { transposeRight: true });
  const perHead = heads > 1 && bias.shape.length === 3 ? expandDimension(bias, 1) : bias;
  const weights = silu(add(logits, perHead));
  const attended = mergeHeads(matmul(weights, splitHeads(value, heads), { scale: 1 / config.maxLength }), heads);
  const gated = dropout(multiply(gate, standardize(attended, 1e-6)), config.dropout);
  return linear('output', gated, dimension);
}

/** Bucket of |time of the event after i − time of event j|, int32 `[batch, length, length]`. */
function timeGapBuckets(seconds: Tensor, length: string): Tensor {
  const next = slice(seconds, 1, 1, 2 ** 31, { size: length });
  const own = slice(seconds, 1, 0, -1, { size: length });
  // Subtracted as whole numbers: float32 would round the gaps of a history that spans years.
  const gaps = absolute(cast(subtract(expandDimension(next, 2), expandDimension(own, 1)), 'float32'));
  const logarithms = divide(log(maximum(gaps, constant(1))), constant(0.301));
  return cast(clip(floor(logarithms), 0, timeBuckets - 1), 'int32');
}
