import { z } from 'zod';
import type { Tensor } from '../../tensor/tensor.ts';
import { approxNdcgLoss } from './approx-ndcg.ts';
import { jointRankingCalibrationLoss, jointRankingCalibrationScore } from './joint-ranking-calibration.ts';
import { lambdaLoss } from './lambda-loss.ts';
import type { ListBatch } from './list-batch.ts';
import { listMleLoss } from './list-mle.ts';
import { listNetLoss } from './list-net.ts';
import { listSoftmaxLoss } from './list-softmax.ts';
import { pointwiseCrossEntropyLoss } from './pointwise-cross-entropy.ts';
import { positionWeightedListMleLoss } from './position-weighted-list-mle.ts';

const truncation = z.int().min(1).max(100_000).nullable().default(null);

/** Which loss lists are learned with, and its settings; what they mean stands with each loss. */
export const listLossSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('bce') }),
  z.strictObject({ kind: z.literal('softmax') }),
  z.strictObject({ kind: z.literal('list-mle') }),
  z.strictObject({ kind: z.literal('p-list-mle'), discount: z.enum(['exponential', 'logarithmic']).default('exponential') }),
  z.strictObject({ kind: z.literal('list-net') }),
  z.strictObject({ kind: z.literal('approx-ndcg'), temperature: z.number().min(1e-6).max(1e6).default(0.1), truncation }),
  z.strictObject({
    kind: z.literal('lambda-loss'),
    /** 0 is LambdaRank. */
    mu: z.number().min(0).max(1e6).default(10),
    sigma: z.number().min(1e-6).max(1e6).default(1),
    truncation,
  }),
  z.strictObject({ kind: z.literal('jrc'), calibration: z.number().min(0).max(1).default(0.5) }),
]);

/** See {@link listLossSchema}. */
export type ListLossConfig = z.infer<typeof listLossSchema>;

/**
 * The loss of a config, one value a list.
 *
 * @example mean(listLoss(listLossSchema.parse({ kind: 'approx-ndcg' }), { scores, labels, mask }))
 * @param batch with {@link outputsPerPlace} scores a place
 * @returns `[lists]`
 * @throws {ShapeError} where the batch does not fit
 */
export function listLoss(config: ListLossConfig, batch: ListBatch): Tensor {
  switch (config.kind) {
    case 'bce':
      return pointwiseCrossEntropyLoss(batch);
    case 'softmax':
      return listSoftmaxLoss(batch);
    case 'list-mle':
      return listMleLoss(batch);
    case 'p-list-mle':
      return positionWeightedListMleLoss(batch, config);
    case 'list-net':
      return listNetLoss(batch);
    case 'approx-ndcg':
      return approxNdcgLoss(batch, config);
    case 'lambda-loss':
      return lambdaLoss(batch, config);
    case 'jrc':
      return jointRankingCalibrationLoss(batch, config);
  }
}

/** How many numbers a model must give for each place to be trained by this loss: 1, or 2 along a last axis. */
export function outputsPerPlace(config: ListLossConfig): 1 | 2 {
  return config.kind === 'jrc' ? 2 : 1;
}

/** The one score of each place to rank by, from what the loss is trained on: `[lists, places]`. */
export function rankingScore(config: ListLossConfig, outputs: Tensor): Tensor {
  return config.kind === 'jrc' ? jointRankingCalibrationScore(outputs) : outputs;
}
