import { createNegativeSampler } from '../../src/learn/evaluation/candidate-sampling.ts';
import { type EvaluationCases } from '../../src/learn/evaluation/evaluation-cases.ts';
import type { Ranker } from '../../src/learn/interaction-sequences.ts';
import { applyCalibrator } from '../../src/measure/calibration/calibrator.ts';
import type { LabelledScores } from '../../src/measure/calibration/labelled-scores.ts';
import { measureCalibration } from '../../src/measure/calibration/measure-calibration.ts';
import { fitPlatt } from '../../src/measure/calibration/platt.ts';
import { impliedLogOdds, type ImpliedProbability } from './implied-log-odds.ts';

/** Calibration on lists of one target and uniform negatives; all on the half of the cases that nothing was fitted on. */
export interface ListCalibration {
  readonly ece: number;
  readonly logLoss: number;
  /** After a scale and an offset of the log-odds, fitted on the other half (Platt). */
  readonly eceFitted: number;
  readonly logLossFitted: number;
}

/**
 * Judges the probability that a ranker's scores imply. Every list is its case's target and `negatives` other items, drawn
 * uniformly, the same for every ranker.
 */
export async function listCalibration(
  ranker: Ranker,
  implied: ImpliedProbability,
  cases: EvaluationCases,
  negatives: number,
): Promise<ListCalibration> {
  const { itemCount, items } = cases.sequences;
  const sampler = createNegativeSampler(new Float64Array(itemCount).fill(1), negatives, 17);
  const marks = new Int32Array(itemCount).fill(-1);
  const [fit, judge]: [number[][], number[][]] = [
    [[], []],
    [[], []],
  ];
  const atOnce = 256;
  for (let from = 0; from < cases.targets.length; from += atOnce) {
    const rows = Array.from({ length: Math.min(atOnce, cases.targets.length - from) }, (_, at) => from + at);
    const histories = rows.map((row) => items.subarray(cases.historyStarts[row]!, cases.historyEnds[row]!));
    const scores = await ranker.score({ histories, timesMs: null, requestTimesMs: null });
    rows.forEach((row, at) => {
      const target = cases.targets[row]!;
      marks[target] = row;
      const places = [target, ...sampler.draw(row, marks, row)];
      const logOdds = impliedLogOdds(
        implied,
        places.map((item) => scores[at * itemCount + item]!),
      );
      const half = row % 2 === 0 ? fit : judge;
      logOdds.forEach((value, place) => {
        half[0]!.push(value);
        half[1]!.push(place === 0 ? 1 : 0);
      });
    });
  }
  const labelled = ([scores, labels]: number[][]): LabelledScores => ({
    scores: Float64Array.from(scores!),
    input: 'logit',
    labels: Uint8Array.from(labels!),
  });
  const judged = labelled(judge);
  const raw = measureCalibration(judged);
  const calibrator = fitPlatt(labelled(fit));
  const probabilities = applyCalibrator(calibrator, judged.scores);
  const fitted = measureCalibration({ ...judged, scores: probabilities, input: 'probability' });
  return { ece: raw.ece, logLoss: raw.logLoss, eceFitted: fitted.ece, logLossFitted: fitted.logLoss };
}
