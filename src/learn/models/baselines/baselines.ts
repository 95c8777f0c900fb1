import type { InteractionSequences, Ranker } from '../../interaction-sequences.ts';
import { fitEase } from './ease.ts';
import { fitItemKnn } from './item-knn.ts';
import { fitMarkov } from './markov.ts';
import { fitPopularity } from './popularity.ts';

/** A baseline with its defaults, ready to fit. */
export interface Baseline {
  /** The name of the ranker that it gives. */
  readonly name: string;
  /** @throws BaselineError when it cannot be fitted to this data: report the message as the reason for skipping it */
  fit(train: InteractionSequences): Promise<Ranker>;
}

/** The baselines of every report, the cheapest first. Fit, evaluate and drop one at a time: EASE holds items² weights. */
export const baselines: readonly Baseline[] = [
  { name: 'popularity', fit: (train) => fitPopularity(train) },
  { name: 'first-order Markov', fit: (train) => fitMarkov(train) },
  { name: 'item-kNN', fit: (train) => fitItemKnn(train) },
  { name: 'EASE', fit: (train) => fitEase(train) },
];
