import { input } from '../tensor/leaf.ts';
import { gatherRows } from '../tensor/operators/index-operators.ts';
import { mean } from '../tensor/operators/reduce.ts';
import { reshape } from '../tensor/operators/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';
import type { EncodedSequence } from '../models/sequence-model.ts';
import { binaryCrossEntropyLoss, generalizedBinaryCrossEntropyLoss } from '../nn/losses/binary-cross-entropy.ts';
import { fullSoftmaxLoss } from '../nn/losses/full-softmax.ts';
import type { ListLossConfig } from '../nn/losses/list-loss.ts';
import { sampledListLoss } from '../nn/losses/sampled-list.ts';
import { sampledSoftmaxLoss } from '../nn/losses/sampled-softmax.ts';

/** Which loss next items are learned with, and how its negatives are drawn. */
export type LossConfig =
  | { readonly kind: 'full-softmax' }
  | { readonly kind: 'sampled-softmax'; readonly negatives: number; readonly sampling: 'uniform' | 'popularity' }
  | { readonly kind: 'bce'; readonly negatives: number }
  | { readonly kind: 'gbce'; readonly negatives: number; readonly calibration: number }
  /** A loss over lists of the target and negatives, drawn uniformly and shared by a step's lists ({@link sampledListLoss}). */
  | { readonly kind: 'list'; readonly loss: ListLossConfig; readonly negatives: number };

/**
 * The mean loss over all positions that have a next item, with the inputs that carry them:
 * `positions` int32 `[targets]` (flat index batch · length + position), `targetItems` int32 `[targets]`
 * (item index + 1), and as the loss needs them `negatives` int32 `[k]` (sampled softmax and lists: shared) or `[targets, k]`,
 * `negativeLogQ` `[k]`, `targetLogQ` `[targets]`.
 */
export function nextItemLoss(encoded: EncodedSequence, config: LossConfig): Tensor {
  const positions = input('positions', 'int32', ['targets']);
  const targets = input('targetItems', 'int32', ['targets']);
  const dimension = encoded.hidden.shape.at(-1)!;
  const rows = gatherRows(reshape(encoded.hidden, [-1, dimension]), positions);
  return mean(itemLosses(encoded, config, rows, targets));
}

/**
 * The losses of single states, `[targets]`, with the inputs that their negatives need.
 *
 * @param rows `[targets, dim]`
 * @param targets int32 `[targets]`, rows of the table
 */
export function itemLosses(
  { table, scoring }: Pick<EncodedSequence, 'table' | 'scoring'>,
  config: LossConfig,
  rows: Tensor,
  targets: Tensor,
): Tensor {
  switch (config.kind) {
    case 'full-softmax':
      return fullSoftmaxLoss(rows, table, targets, scoring);
    case 'sampled-softmax': {
      const shared = {
        items: input('negatives', 'int32', [config.negatives]),
        logQ: input('negativeLogQ', 'float32', [config.negatives]),
        targetLogQ: input('targetLogQ', 'float32', [targets.shape[0]!]),
      };
      return sampledSoftmaxLoss(rows, table, targets, shared, scoring);
    }
    case 'bce':
      return binaryCrossEntropyLoss(rows, table, targets, input('negatives', 'int32', [targets.shape[0]!, config.negatives]), scoring);
    case 'gbce': {
      const negatives = input('negatives', 'int32', [targets.shape[0]!, config.negatives]);
      return generalizedBinaryCrossEntropyLoss(rows, table, targets, negatives, scoring, config.calibration);
    }
    case 'list':
      return sampledListLoss(rows, table, targets, input('negatives', 'int32', [config.negatives]), scoring, config.loss);
  }
}
