import type { z } from 'zod';
import type { trainingConfigSchema } from '../../src/learn/training/training-config.ts';
import type { ImpliedProbability } from './implied-log-odds.ts';

/** A loss of the table. */
export interface TableLoss {
  /** On the command line and in the figures. */
  readonly key: string;
  readonly name: string;
  readonly loss: z.input<typeof trainingConfigSchema>['loss'];
  readonly implies: ImpliedProbability;
}

/** Negatives of a list, in training and where calibration is judged. */
export const NEGATIVES = 100;

const list = (loss: Extract<TableLoss['loss'], { kind: 'list' }>['loss']): TableLoss['loss'] => ({
  kind: 'list',
  loss,
  negatives: NEGATIVES,
});

/** The list losses, and beside them the usual losses of next items. */
export const TABLE_LOSSES: readonly TableLoss[] = [
  { key: 'bce', name: 'pointwise BCE', loss: list({ kind: 'bce' }), implies: 'sigmoid' },
  { key: 'softmax', name: 'softmax', loss: list({ kind: 'softmax' }), implies: 'softmax' },
  { key: 'jrc', name: 'JRC, α .5', loss: list({ kind: 'jrc' }), implies: 'sigmoid' },
  { key: 'listMle', name: 'ListMLE', loss: list({ kind: 'list-mle' }), implies: 'softmax' },
  { key: 'pListMle', name: 'p-ListMLE, 2^(n−k)', loss: list({ kind: 'p-list-mle' }), implies: 'softmax' },
  { key: 'pListMleLog', name: 'p-ListMLE, 1/log₂', loss: list({ kind: 'p-list-mle', discount: 'logarithmic' }), implies: 'softmax' },
  { key: 'listNet', name: 'ListNet', loss: list({ kind: 'list-net' }), implies: 'softmax' },
  // With one positive a list only that place needs a rank: the truncation changes nothing but the memory.
  { key: 'approxNdcg', name: 'ApproxNDCG, T 1', loss: list({ kind: 'approx-ndcg', temperature: 1, truncation: 1 }), implies: 'none' },
  { key: 'lambdaRank', name: 'LambdaRank@10', loss: list({ kind: 'lambda-loss', mu: 0, truncation: 10 }), implies: 'none' },
  { key: 'ndcgLoss2', name: 'NDCG-Loss2++@10', loss: list({ kind: 'lambda-loss', truncation: 10 }), implies: 'none' },
  {
    key: 'sampledSoftmax',
    name: 'sampled softmax, log Q',
    loss: { kind: 'sampled-softmax', negatives: NEGATIVES, sampling: 'uniform' },
    implies: 'softmax',
  },
  { key: 'fullSoftmax', name: 'full softmax', loss: { kind: 'full-softmax' }, implies: 'softmax' },
  { key: 'gbce', name: 'gBCE, t .75', loss: { kind: 'gbce', negatives: 16, calibration: 0.75 }, implies: 'sigmoid' },
];
