/**
 * SASRec: Kang & McAuley, "Self-Attentive Sequential Recommendation", ICDM 2018.
 *
 * Equations: embedding (1), causal self-attention (2–3), point-wise feed-forward (4), scores against the shared item
 * table (sec. III-E).
 *
 * Departures: pre-norm residual blocks, x + f(norm(x)), of which the paper's normalised queries are half; multiple heads
 * with an output projection; the loss is chosen apart (the paper's is BCE with one negative).
 */
import { layerNorm } from '../nn/layer-norm.ts';
import { linear } from '../nn/linear.ts';
import { mergeHeads, splitHeads } from '../nn/heads.ts';
import { causalMask, positionDistances } from '../nn/causal.ts';
import { sequenceEmbedding } from '../nn/sequence-embedding.ts';
import type { ItemScoring } from '../nn/similarity.ts';
import { inLayer } from '../tensor/layer-path.ts';
import { add } from '../tensor/operators/binary.ts';
import { dropout } from '../tensor/operators/flow.ts';
import { matmul } from '../tensor/operators/matrix.ts';
import { softmax } from '../tensor/operators/normalize.ts';
import { relu } from '../tensor/operators/unary.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { EncodedSequence, SequenceInputs } from './sequence-model.ts';

/** Sizes of a SASRec. */
export interface SasrecConfig {
  readonly itemCount: number;
  readonly maxLength: number;
  readonly dimension: number;
  readonly blocks: number;
  readonly heads: number;
  /** Of embeddings, attention weights and both residual branches; 0 when serving. */
  readonly dropout: number;
  readonly scoring: ItemScoring;
}

/** Sizes of a block. */
export type SasrecBlockConfig = Pick<SasrecConfig, 'dimension' | 'heads' | 'dropout'>;

/** Builds the encoder: items `[batch, length]` → hidden `[batch, length, dim]`. Attention costs batch × length² × dim. */
export function sasrec(config: SasrecConfig, inputs: SequenceInputs): EncodedSequence {
  const { hidden, table } = sequenceEmbedding(inputs.items, config);
  const mask = causalMask(positionDistances(inputs.items.shape[1] as string, inputs.items));
  let x = hidden;
  for (let block = 0; block < config.blocks; block++) {
    x = inLayer(`block${block}`, () => sasrecBlock(x, mask, config));
  }
  return { hidden: layerNorm('finalNorm', x), table, scoring: config.scoring };
}

/** A block: `[batch, length, dim]` → the same. */
export function sasrecBlock(x: Tensor, mask: Tensor, config: SasrecBlockConfig): Tensor {
  const normalized = layerNorm('attentionNorm', x);
  const attended = inLayer('attention', () => selfAttention(normalized, mask, config));
  const y = add(x, dropout(attended, config.dropout));
  return add(y, dropout(feedForward(layerNorm('feedForwardNorm', y), config), config.dropout));
}

function selfAttention(x: Tensor, mask: Tensor, config: SasrecBlockConfig): Tensor {
  const { dimension, heads } = config;
  const [query, key, value] = ['query', 'key', 'value'].map((name) => splitHeads(linear(name, x, dimension), heads)) as [
    Tensor,
    Tensor,
    Tensor,
  ];
  const logits = add(matmul(query, key, { transposeRight: true, scale: 1 / Math.sqrt(dimension / heads) }), mask);
  const weights = dropout(softmax(logits), config.dropout);
  return linear('output', mergeHeads(matmul(weights, value), heads), dimension);
}

function feedForward(x: Tensor, config: SasrecBlockConfig): Tensor {
  return inLayer('feedForward', () => {
    const inner = dropout(relu(linear('inner', x, config.dimension)), config.dropout);
    return linear('outer', inner, config.dimension);
  });
}
