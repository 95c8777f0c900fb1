import type { LabelledScores } from '../calibration/labelled-scores.ts';
import { servedScores, type ScoredTask } from './scored-impressions.ts';

/** A binary task's places that have a label, as calibration wants them. */
export interface LabelledTask extends LabelledScores {
  /** `[examples]`, the place of each example. */
  readonly rows: Int32Array;
}

/**
 * The places of a binary task that have an outcome. A label above 1 (an outcome that may still come is corrected for) is not a 0 or 1: such a
 * place becomes one that happened, with the label as its weight, and those that did not happen weigh so much less that all weigh as much as there
 * are places. The weighted rate is then the mean label, exactly; at a probability p it is off by about p times the share of outcomes that are
 * corrected for: little for rare outcomes, as late ones are, and too low where p is near 1.
 *
 * @param which the scores that are served (calibrated, where they are), or those that the model gave
 * @returns null where no place has an outcome
 */
export function labelledTask(task: ScoredTask, which: 'served' | 'raw'): LabelledTask | null {
  const from = which === 'served' ? servedScores(task) : task.scores;
  const rows = Int32Array.from(task.labels.keys()).filter((row) => !Number.isNaN(task.labels[row]!));
  if (rows.length === 0) return null;
  const scores = Float64Array.from(rows, (row) => from[row]!);
  let [sum, positives, isCorrected] = [0, 0, false];
  for (const row of rows) {
    const label = task.labels[row]!;
    sum += label;
    if (label > 0) positives++;
    if (label > 1) isCorrected = true;
  }
  if (!isCorrected) return { rows, scores, input: 'probability', labels: Float64Array.from(rows, (row) => task.labels[row]!) };
  const negative = positives === rows.length ? 0 : Math.max(0, (rows.length - sum) / (rows.length - positives));
  return {
    rows,
    scores,
    input: 'probability',
    labels: Float64Array.from(rows, (row) => Math.min(1, task.labels[row]!)),
    weights: Float64Array.from(rows, (row) => (task.labels[row]! > 0 ? Math.max(1, task.labels[row]!) : negative)),
  };
}
