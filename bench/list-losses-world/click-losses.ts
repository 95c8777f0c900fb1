import type { z } from 'zod';
import type { compositeLossSchema } from '../../src/learn/training/composite-loss/composite-loss-config.ts';

/** A loss of the table. */
export interface ClickLoss {
  /** On the command line and in the figures. */
  readonly key: string;
  readonly name: string;
  /** Of the one task. */
  readonly terms: z.input<typeof compositeLossSchema>['tasks'][number]['terms'];
  /** Whether σ of a score is meant as the probability of a click. */
  readonly impliesProbability: boolean;
}

/** What a page's softmax counts beside BCE's mean over places: about what the page's places count there. */
export const SOFTMAX_WEIGHT = 0.1;

/** Losses that clicks on pages are learned with. */
export const CLICK_LOSSES: readonly ClickLoss[] = [
  { key: 'bce', name: 'BCE', terms: [{}], impliesProbability: true },
  { key: 'softmax', name: 'softmax', terms: [{ loss: { kind: 'softmax' } }], impliesProbability: false },
  { key: 'listNet', name: 'ListNet', terms: [{ loss: { kind: 'list-net' } }], impliesProbability: false },
  { key: 'listMle', name: 'ListMLE', terms: [{ loss: { kind: 'list-mle' } }], impliesProbability: false },
  { key: 'pListMle', name: 'p-ListMLE, 2^(n−k)', terms: [{ loss: { kind: 'p-list-mle' } }], impliesProbability: false },
  {
    key: 'pListMleLog',
    name: 'p-ListMLE, 1/log₂',
    terms: [{ loss: { kind: 'p-list-mle', discount: 'logarithmic' } }],
    impliesProbability: false,
  },
  { key: 'approxNdcg', name: 'ApproxNDCG, T 1', terms: [{ loss: { kind: 'approx-ndcg', temperature: 1 } }], impliesProbability: false },
  { key: 'lambdaLoss', name: 'LambdaLoss@10', terms: [{ loss: { kind: 'lambda-loss', truncation: 10 } }], impliesProbability: false },
  { key: 'jrc', name: 'JRC, α .5', terms: [{ loss: { kind: 'jrc' } }], impliesProbability: true },
  {
    key: 'bceSoftmax',
    name: `BCE + ${SOFTMAX_WEIGHT} softmax`.replace('0.', '.'),
    terms: [{}, { loss: { kind: 'softmax' }, weight: SOFTMAX_WEIGHT }],
    impliesProbability: true,
  },
];
