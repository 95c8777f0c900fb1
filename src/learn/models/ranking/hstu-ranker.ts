/**
 * HSTU as a ranker: Zhai et al., "Actions Speak Louder than Words", ICML 2024 (arXiv 2402.17152). The history is encoded by
 * their equations (1) to (3); candidates are scored target-aware: each passes through the same blocks, looks at the visible
 * history and at itself, and at no other candidate, so that many are scored for one encoding (M-FALCON, section 3.4).
 *
 * Departures: no absolute positions, only relative ones, so that an encoded history can be extended; candidates are tokens
 * beside the history and not interleaved with it (one pass gives all pages of a stretch).
 */
import { mergeHeads, splitHeads } from '../../nn/heads.ts';
import { normal, zeros } from '../../tensor/initializers.ts';
import { inLayer } from '../../tensor/layer-path.ts';
import { constant, parameter } from '../../tensor/leaf.ts';
import { add, multiply } from '../../tensor/operators/binary.ts';
import { dropout } from '../../tensor/operators/flow.ts';
import { matmul } from '../../tensor/operators/matrix.ts';
import { standardize } from '../../tensor/operators/normalize.ts';
import { sum } from '../../tensor/operators/reduce.ts';
import { expandDimension, split } from '../../tensor/operators/shape.ts';
import { silu } from '../../tensor/operators/unary.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { EmbeddedRanking } from './ranking-inputs.ts';
import { placesOfActions, placesOfAsked, relativeBias, type RelativeBias } from './relative-bias.ts';

/** Sizes of {@link hstuRanker}. */
export interface HstuRankerConfig {
  readonly maxLength: number;
  readonly dimension: number;
  readonly blocks: number;
  readonly heads: number;
  /** Size of queries and keys, a head. */
  readonly queryDimension: number;
  /** Size of values and gates, a head. */
  readonly valueDimension: number;
  /** Of each block's gated output; 0 when serving. */
  readonly dropout: number;
}

/** A block's parameters, shared by history and candidates. */
export interface TransducerBlock {
  readonly name: string;
  readonly projection: Tensor;
  readonly output: Tensor;
  readonly outputBias: Tensor;
  readonly bias: RelativeBias;
}

/** What a block makes of tokens before they look at anything, a head apart: `[batch, (heads,) tokens, size]`. */
export interface TransducerParts {
  readonly gate: Tensor;
  readonly value: Tensor;
  readonly query: Tensor;
  readonly key: Tensor;
}

/** The parameters of all blocks, under `block0`, `block1`, …. */
export function transducerBlocks(config: HstuRankerConfig): TransducerBlock[] {
  const { heads, queryDimension, valueDimension, dimension, maxLength } = config;
  const width = 2 * heads * (queryDimension + valueDimension);
  return Array.from({ length: config.blocks }, (_, at) =>
    inLayer(`block${at}`, () => ({
      name: `block${at}`,
      projection: parameter('projection', [dimension, width], normal(0.02)),
      output: parameter('output', [heads * valueDimension, dimension], normal(0.02)),
      outputBias: parameter('outputBias', [dimension], zeros),
      bias: relativeBias(maxLength),
    })),
  );
}

/** Equation (1): U, V, Q, K = split(φ(norm(x) W)). */
export function transducerParts(x: Tensor, block: TransducerBlock, config: HstuRankerConfig): TransducerParts {
  const { heads, queryDimension, valueDimension } = config;
  const [values, queries] = [heads * valueDimension, heads * queryDimension];
  const normalized = standardize(x, 1e-6);
  // Cut before the product, not behind it: no copy of what is large, and no work for parts that nobody reads.
  const [gate, value, query, key] = split(block.projection, 1, [values, values, queries, queries]).map((weight) =>
    silu(matmul(normalized, weight)),
  ) as [Tensor, Tensor, Tensor, Tensor];
  return { gate, value: splitHeads(value, heads), query: splitHeads(query, heads), key: splitHeads(key, heads) };
}

/** Equation (2) over some keys: φ(Q Kᵀ + bias) V / maxLength, `[batch, (heads,) queries, size]`. */
export function transducerAttention(
  query: Tensor,
  { key, value }: Pick<TransducerParts, 'key' | 'value'>,
  bias: Tensor,
  { heads, maxLength }: HstuRankerConfig,
): Tensor {
  const logits = matmul(query, key, { transposeRight: true });
  const weights = silu(add(logits, heads > 1 ? expandDimension(bias, 1) : bias));
  return matmul(weights, value, { scale: 1 / maxLength });
}

/** Equation (3) with the residual: x + f(norm(A V) ⊙ U). */
export function transducerOutput(x: Tensor, gate: Tensor, attended: Tensor, block: TransducerBlock, config: HstuRankerConfig): Tensor {
  const gated = dropout(multiply(gate, standardize(mergeHeads(attended, config.heads), 1e-6)), config.dropout);
  return add(x, add(matmul(gated, block.output), block.outputBias));
}

/** A candidate's look at itself: φ(q · k + bias) v / maxLength. */
export function attentionToSelf({ query, key, value }: TransducerParts, self: Tensor, { maxLength }: HstuRankerConfig): Tensor {
  const logit = add(sum(multiply(query, key), { axes: [-1], keepDimensions: true }), self);
  return multiply(silu(logit), multiply(value, constant(1 / maxLength)));
}

/**
 * Candidates in the light of the history: `[batch, candidates, dim]`. Cost: batch × (length² + candidates × length) × dim;
 * no term grows with candidates².
 */
export function hstuRanker(config: HstuRankerConfig, embedded: EmbeddedRanking): Tensor {
  const ofActions = placesOfActions(embedded, config.maxLength);
  const ofCandidates = placesOfAsked(embedded, config.maxLength);
  let history = embedded.actions;
  let candidates = embedded.candidates;
  const blocks = transducerBlocks(config);
  blocks.forEach((block, at) => {
    inLayer(block.name, () => {
      const seen = transducerParts(history, block, config);
      const asking = transducerParts(candidates, block, config);
      const fromHistory = transducerAttention(asking.query, seen, block.bias.ofCandidates(ofCandidates), config);
      const attended = add(fromHistory, attentionToSelf(asking, block.bias.self, config));
      candidates = transducerOutput(candidates, asking.gate, attended, block, config);
      // What the last block makes of the history nobody reads.
      if (at === blocks.length - 1) return;
      history = transducerOutput(
        history,
        seen.gate,
        transducerAttention(seen.query, seen, block.bias.of(ofActions), config),
        block,
        config,
      );
    });
  });
  return candidates;
}
