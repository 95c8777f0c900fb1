/**
 * SASRec as a ranker: Kang & McAuley, ICDM 2018. The history becomes one state, that of the last visible action; candidates
 * meet it only at the end, by the elementwise product beside both. What target-aware models are to be held against: the
 * state does not know what it is asked about.
 *
 * Departures: see `../sasrec.ts`; tokens are actions, not items; the product is read by a layer, not summed.
 */
import { layerNorm } from '../../nn/layer-norm.ts';
import { linear } from '../../nn/linear.ts';
import { causalMask, positionDistances } from '../../nn/causal.ts';
import { truncatedNormal } from '../../tensor/initializers.ts';
import { inLayer } from '../../tensor/layer-path.ts';
import { constant, parameter } from '../../tensor/leaf.ts';
import { add, maximum, multiply, subtract } from '../../tensor/operators/binary.ts';
import { batchedGather } from '../../tensor/operators/batched-gather.ts';
import { greater } from '../../tensor/operators/compare.ts';
import { gatherRows } from '../../tensor/operators/index-operators.ts';
import { concatenate, expandDimension, range } from '../../tensor/operators/shape.ts';
import { cast } from '../../tensor/operators/unary.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { sasrecBlock } from '../sasrec.ts';
import type { EmbeddedRanking } from './ranking-inputs.ts';

/** Sizes of {@link sasrecRanker}. */
export interface SasrecRankerConfig {
  readonly maxLength: number;
  readonly dimension: number;
  readonly blocks: number;
  readonly heads: number;
  readonly dropout: number;
}

/** Candidates beside the state of the history: `[batch, candidates, dim]`. */
export function sasrecRanker(config: SasrecRankerConfig, { actions, candidates, visible }: EmbeddedRanking): Tensor {
  const length = actions.shape[1]!;
  const positions = parameter('positionEmbedding', [config.maxLength, config.dimension], truncatedNormal(0.02));
  const mask = causalMask(positionDistances(length as string, actions));
  let x = add(actions, gatherRows(positions, range(length, actions)));
  for (let block = 0; block < config.blocks; block++) x = inLayer(`block${block}`, () => sasrecBlock(x, mask, config));
  x = layerNorm('finalNorm', x);
  const one = constant(1, { dtype: 'int32' });
  const last = maximum(subtract(visible, one), constant(0, { dtype: 'int32' }));
  const any = cast(greater(visible, constant(0, { dtype: 'int32' })), 'float32');
  const state = multiply(batchedGather(x, last), expandDimension(any, 2));
  return linear('meet', concatenate([state, candidates, multiply(state, candidates)], 2), config.dimension);
}
