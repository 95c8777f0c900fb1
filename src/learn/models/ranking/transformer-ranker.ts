/**
 * The reference: a plain pre-norm Transformer (Vaswani et al. 2017; pre-norm after Xiong et al. 2020) with target-aware
 * candidates. Blocks x + attention(norm(x)), x + feedForward(norm(x)); a candidate attends by one softmax over the visible
 * history and itself, and to no other candidate. Positions and time enter as learned relative biases, as in HSTU.
 */
import { mergeHeads, splitHeads } from '../../nn/heads.ts';
import { layerNorm } from '../../nn/layer-norm.ts';
import { linear } from '../../nn/linear.ts';
import { inLayer } from '../../tensor/layer-path.ts';
import { constant } from '../../tensor/leaf.ts';
import { add, multiply } from '../../tensor/operators/binary.ts';
import { dropout } from '../../tensor/operators/flow.ts';
import { matmul } from '../../tensor/operators/matrix.ts';
import { softmax } from '../../tensor/operators/normalize.ts';
import { sum } from '../../tensor/operators/reduce.ts';
import { concatenate, expandDimension, split } from '../../tensor/operators/shape.ts';
import { gelu } from '../../tensor/operators/unary.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { EmbeddedRanking } from './ranking-inputs.ts';
import { placesOfActions, placesOfAsked, relativeBias, type CandidatePlaces, type RelativePlaces } from './relative-bias.ts';

/** Sizes of {@link transformerRanker}. */
export interface TransformerRankerConfig {
  readonly maxLength: number;
  readonly dimension: number;
  readonly blocks: number;
  readonly heads: number;
  /** Width of the feed-forward layer. */
  readonly feedForward: number;
  /** Of both residual branches; 0 when serving. */
  readonly dropout: number;
}

/** Candidates in the light of the history: `[batch, candidates, dim]`. Cost as HSTU's. */
export function transformerRanker(config: TransformerRankerConfig, embedded: EmbeddedRanking): Tensor {
  const places = [placesOfActions(embedded, config.maxLength), placesOfAsked(embedded, config.maxLength)] as const;
  const sizes = [embedded.actions.shape[1]!, embedded.candidates.shape[1]!];
  // History and candidates go through the same layers: side by side, but for attention.
  let x = concatenate([embedded.actions, embedded.candidates], 1);
  for (let block = 0; block < config.blocks; block++) {
    x = inLayer(`block${block}`, () => {
      const y = add(x, dropout(attention(layerNorm('attentionNorm', x), sizes, places, config), config.dropout));
      const inner = gelu(linear('inner', layerNorm('feedForwardNorm', y), config.feedForward));
      return add(y, dropout(linear('outer', inner, config.dimension), config.dropout));
    });
  }
  const [, candidates] = split(layerNorm('finalNorm', x), 1, sizes) as [Tensor, Tensor];
  return candidates;
}

function attention(
  x: Tensor,
  sizes: readonly (number | string)[],
  [ofActions, ofCandidates]: readonly [RelativePlaces, CandidatePlaces],
  { dimension, heads, maxLength }: TransformerRankerConfig,
): Tensor {
  const parts = (name: string) => split(linear(name, x, dimension), 1, sizes).map((part) => splitHeads(part, heads));
  const [[actionQuery, query], [actionKey, key], [actionValue, value]] = ['query', 'key', 'value'].map(parts) as [Tensor, Tensor][] as [
    [Tensor, Tensor],
    [Tensor, Tensor],
    [Tensor, Tensor],
  ];
  const bias = relativeBias(maxLength);
  const perHead = (of: Tensor) => (heads > 1 ? expandDimension(of, 1) : of);
  const scale = 1 / Math.sqrt(dimension / heads);
  const logits = (of: Tensor, biases: Tensor) => add(matmul(of, actionKey, { transposeRight: true, scale }), perHead(biases));
  const ofHistory = matmul(softmax(logits(actionQuery, bias.of(ofActions))), actionValue);
  const own = add(multiply(sum(multiply(query, key), { axes: [-1], keepDimensions: true }), constant(scale)), bias.self);
  const weights = softmax(concatenate([logits(query, bias.ofCandidates(ofCandidates)), own], -1));
  const [toHistory, toSelf] = split(weights, -1, [sizes[0]!, 1]) as [Tensor, Tensor];
  const ofCandidate = add(matmul(toHistory, actionValue), multiply(toSelf, value));
  const merged = concatenate([mergeHeads(ofHistory, heads), mergeHeads(ofCandidate, heads)], 1);
  return linear('output', merged, dimension);
}
