/**
 * The list-level stage: candidates of one page look at each other, after each was read in the light of the history alone
 * (Pang et al. 2020, "SetRank", arXiv 1912.05891, section 3: self-attention without positions, so that the order in which
 * candidates are given does not matter). Optional: with it a candidate's score depends on its company, on purpose.
 */
import { mergeHeads, splitHeads } from '../../nn/heads.ts';
import { layerNorm } from '../../nn/layer-norm.ts';
import { linear } from '../../nn/linear.ts';
import { inLayer } from '../../tensor/layer-path.ts';
import { add } from '../../tensor/operators/binary.ts';
import { equal } from '../../tensor/operators/compare.ts';
import { dropout } from '../../tensor/operators/flow.ts';
import { maskedSoftmax } from '../../tensor/operators/masked-softmax.ts';
import { matmul } from '../../tensor/operators/matrix.ts';
import { expandDimension } from '../../tensor/operators/shape.ts';
import { relu } from '../../tensor/operators/unary.ts';
import type { Tensor } from '../../tensor/tensor.ts';

/** Sizes of {@link listStage}. */
export interface ListStageConfig {
  readonly blocks: number;
  readonly heads: number;
  /** Of both residual branches; 0 when serving. */
  readonly dropout: number;
}

/**
 * `[batch, candidates, dim]` → the same; a candidate sees those of its own page. Cost: batch × candidates² × dim.
 *
 * @param lists int32 `[batch, candidates]`, which page each is on
 */
export function listStage(config: ListStageConfig, candidates: Tensor, lists: Tensor): Tensor {
  const dimension = candidates.shape[2] as number;
  const { heads } = config;
  return inLayer('listStage', () => {
    const together = equal(expandDimension(lists, 2), expandDimension(lists, 1));
    const mask = heads > 1 ? expandDimension(together, 1) : together;
    let x = candidates;
    for (let block = 0; block < config.blocks; block++) {
      x = inLayer(`block${block}`, () => {
        const normalized = layerNorm('attentionNorm', x);
        const [query, key, value] = ['query', 'key', 'value'].map((name) => splitHeads(linear(name, normalized, dimension), heads)) as [
          Tensor,
          Tensor,
          Tensor,
        ];
        const logits = matmul(query, key, { transposeRight: true, scale: 1 / Math.sqrt(dimension / heads) });
        const attended = mergeHeads(matmul(maskedSoftmax(logits, mask), value), heads);
        const y = add(x, dropout(linear('output', attended, dimension), config.dropout));
        const inner = relu(linear('inner', layerNorm('feedForwardNorm', y), dimension));
        return add(y, dropout(linear('outer', inner, dimension), config.dropout));
      });
    }
    return x;
  });
}
