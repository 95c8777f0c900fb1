import { checkLabelledScores, singleClass, type LabelledScores } from './labelled-scores.ts';
import { logLoss } from './log-loss.ts';

/**
 * Normalised entropy (He et al. 2014, "Practical lessons from predicting clicks on ads at Facebook", eq. 1): the log loss
 * divided by the entropy of the examples' own rate. 1 is what the rate alone gives, lower is better, 0 perfect.
 *
 * @param examples scores are probabilities
 * @throws EvaluationError `SINGLE_CLASS` where the rate is 0 or 1, whose entropy is 0
 */
export function normalisedEntropy(examples: LabelledScores): number {
  checkLabelledScores(examples, true);
  const { labels, weights } = examples;
  let [positives, total] = [0, 0];
  for (let at = 0; at < labels.length; at++) {
    const weight = weights === undefined ? 1 : weights[at]!;
    positives += weight * labels[at]!;
    total += weight;
  }
  const entropy = entropyOfRate(positives / total);
  return entropy > 0 ? logLoss(examples) / entropy : singleClass('normalised entropy', positives, total - positives);
}

/** −p log p − (1 − p) log(1 − p) in nats; 0 at 0 and 1. */
export function entropyOfRate(rate: number): number {
  return rate > 0 && rate < 1 ? -rate * Math.log(rate) - (1 - rate) * Math.log1p(-rate) : 0;
}
