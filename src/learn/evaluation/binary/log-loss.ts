import { checkLabelledScores, type LabelledScores } from './labelled-scores.ts';

/** Probabilities are kept this far from 0 and 1, so that one certain mistake does not make the mean infinite (as scikit-learn does). */
const leastProbability = Number.EPSILON;

/** −log of the probability that was given to what happened, in nats. */
export function surprise(probability: number, label: number): number {
  const given = Math.min(1 - leastProbability, Math.max(leastProbability, probability));
  return label === 1 ? -Math.log(given) : -Math.log1p(-given);
}

/**
 * Mean logarithmic loss in nats: −Σ w (y log p + (1 − y) log(1 − p)) / Σ w; probabilities kept 2.2e-16 from 0 and 1, as scikit-learn
 * keeps them, so a certain and wrong one costs 36.0. The `logLoss` of `measure`, what calibrators are judged by, takes logits too, and
 * cuts probabilities at 1e-12, where fits cut them: between the cuts the two agree.
 *
 * @param examples scores are probabilities
 * @throws EvaluationError `BINARY_SCORES`
 */
export function logLoss(examples: LabelledScores): number {
  checkLabelledScores(examples, true);
  const { scores, labels, weights } = examples;
  let [sum, total] = [0, 0];
  for (let at = 0; at < labels.length; at++) {
    const weight = weights === undefined ? 1 : weights[at]!;
    sum += weight * surprise(scores[at]!, labels[at]!);
    total += weight;
  }
  return sum / total;
}
