import { EvaluationError } from '../evaluation-error.ts';
import { orderedAreaUnderCurve, orderScores } from './area-under-curve.ts';
import { checkLabelledScores, type LabelledScores } from './labelled-scores.ts';

/** What a group counts in the mean: the weight of its examples (impressions), of its positives (clicks), or one each. */
export type GroupWeighting = 'examples' | 'positives' | 'equal';

/** A grouped AUC and what it stands on. */
export interface GroupedAreaUnderCurve {
  readonly value: number;
  readonly weighting: GroupWeighting;
  /** Groups that have both outcomes. */
  readonly groups: number;
  /** Groups left out, all of whose examples have one outcome: an AUC of theirs does not exist. */
  readonly groupsLeftOut: number;
  /** Share of the examples' weight that stands in groups left out. */
  readonly shareLeftOut: number;
}

/**
 * GAUC (Zhu et al. 2017, "Optimized cost per click in Taobao display advertising", eq. 8): the mean of the AUC of each
 * group, usually a user, weighted as said. It sees only the order within a group, which is what a ranker decides.
 * O(n log n).
 *
 * @param groups `[examples]`, group of each example, in any order
 * @throws EvaluationError `SINGLE_CLASS` where no group has both outcomes
 */
export function groupedAreaUnderCurve(
  examples: LabelledScores,
  groups: ArrayLike<number>,
  weighting: GroupWeighting = 'examples',
): GroupedAreaUnderCurve {
  checkLabelledScores(examples);
  const { scores, labels } = examples;
  if (groups.length !== labels.length) {
    throw new EvaluationError('BINARY_SCORES', `binary metrics: ${groups.length} groups stand beside ${labels.length} labels`);
  }
  const members = new Map<number, number[]>();
  for (let at = 0; at < labels.length; at++) {
    const known = members.get(groups[at]!);
    if (known === undefined) members.set(groups[at]!, [at]);
    else known.push(at);
  }
  let [sum, total, counted, weightLeftOut, weightOfAll] = [0, 0, 0, 0, 0];
  for (const rows of members.values()) {
    const own = (values: ArrayLike<number>) => rows.map((row) => values[row]!);
    const ownLabels = own(labels);
    const ownWeights = examples.weights === undefined ? rows.map(() => 1) : own(examples.weights);
    const weight = ownWeights.reduce((a, b) => a + b, 0);
    weightOfAll += weight;
    const area = orderedAreaUnderCurve(orderScores(own(scores)), ownLabels, ownWeights);
    if (Number.isNaN(area)) {
      weightLeftOut += weight;
      continue;
    }
    const positives = ownWeights.reduce((a, b, at) => a + b * ownLabels[at]!, 0);
    const share = weighting === 'equal' ? 1 : weighting === 'examples' ? weight : positives;
    counted++;
    sum += share * area;
    total += share;
  }
  if (counted === 0) {
    throw new EvaluationError(
      'SINGLE_CLASS',
      `GAUC is not defined: none of the ${members.size} groups has examples of both labels; group by something larger`,
      { fields: { groups: members.size } },
    );
  }
  return {
    value: sum / total,
    weighting,
    groups: counted,
    groupsLeftOut: members.size - counted,
    shareLeftOut: weightOfAll === 0 ? 0 : weightLeftOut / weightOfAll,
  };
}
