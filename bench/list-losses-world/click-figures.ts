import { calibrateImpressions } from '../../src/measure/calibration/calibrate-impressions.ts';
import { fitRunCalibrators } from '../../src/measure/calibration/fit-run-calibrators.ts';
import { measureImpressions } from '../../src/measure/comparison/measure-impressions.ts';
import type { ComparedMetric } from '../../src/measure/comparison/evaluator.ts';
import type { ScoredImpressions } from '../../src/measure/impressions/scored-impressions.ts';

/** What a model of one task is worth on its test pages. */
export interface ClickFigures {
  /** Mean over the pages with both outcomes. */
  readonly ndcg10: number;
  /** By user, weighted by places. */
  readonly gauc: number;
  readonly auc: number;
  /** Of σ(score) as it is. */
  readonly ece: number;
  readonly logLoss: number;
  /** After a map that never falls, fitted on validation. */
  readonly eceIsotonic: number;
  /** After a scale and an offset of the score, fitted on validation. */
  readonly logLossPlatt: number;
}

/**
 * Measures order and probabilities of test pages; what is fitted is fitted on the validation pages.
 *
 * @param model one task, calibrated by nobody
 */
export async function clickFigures(model: {
  readonly validation: ScoredImpressions;
  readonly test: ScoredImpressions;
}): Promise<ClickFigures> {
  const validation = { ...model.validation, segmentations: [] };
  const test = { ...model.test, segmentations: [] };
  const measure = async (impressions: ScoredImpressions) => {
    // Intervals are not looked at: the fewest resamples.
    const { cells } = await measureImpressions(impressions, { resamples: 100 });
    const { estimates, tooSmall } = cells[0]!;
    if (tooSmall !== null) throw new Error(`the test pages cannot be measured: ${tooSmall}`);
    return (metric: ComparedMetric) => estimates.find((estimate) => estimate.metric === metric)!.value;
  };
  const calibrated = (method: 'isotonic' | 'platt') => calibrateImpressions(fitRunCalibrators(validation, { method }), test);
  const [raw, isotonic, platt] = [await measure(test), await measure(calibrated('isotonic')), await measure(calibrated('platt'))];
  return {
    ndcg10: raw('NDCG@10'),
    gauc: raw('GAUC by user'),
    auc: raw('AUC'),
    ece: raw('ECE'),
    logLoss: raw('log loss'),
    eceIsotonic: isotonic('ECE'),
    logLossPlatt: platt('log loss'),
  };
}
