import { logLoss } from '../../evaluation/binary/log-loss.ts';
import type { TaskExamples } from '../task-examples.ts';
import type { CompositeLossConfig } from './composite-loss-config.ts';

/** What a constraint comes to on examples that the model did not learn from. */
export interface ConstraintFigure {
  /** In its own unit; null where no example counts. */
  readonly value: number | null;
  readonly atMost: number;
}

/**
 * Constraints of a declaration, measured on examples: mean probabilities and binary cross-entropies. Bounds on list losses
 * are held in training alone: examples here stand in no lists.
 *
 * @param probabilities by task, `[rows]`
 */
export function constraintFigures(
  { constraints }: Pick<CompositeLossConfig, 'constraints'>,
  probabilities: Readonly<Record<string, Float32Array>>,
  examples: Pick<TaskExamples, 'rows' | 'labels' | 'weights' | 'masks'>,
): Record<string, ConstraintFigure> {
  const measured = constraints.filter(({ of }) => of.kind === 'mean-probability' || of.kind === 'binary-cross-entropy');
  return Object.fromEntries(
    measured.map(({ name, task, of, mask, atMost }) => {
      const [scores, labels] = [probabilities[task]!, examples.labels[task]!];
      const counts = mask === 'all' ? null : examples.masks![mask]!;
      const rows = Array.from({ length: examples.rows }, (_, row) => row);
      const weightOf = (row: number) => (Number.isNaN(labels[row]!) ? 0 : (examples.weights?.[row] ?? 1) * (counts?.[row] ?? 1));
      const kept = rows.filter((row) => weightOf(row) > 0);
      if (kept.length === 0) return [name, { value: null, atMost }];
      const weights = Float32Array.from(kept, weightOf);
      const of32 = (values: Float32Array) => Float32Array.from(kept, (row) => values[row]!);
      const value =
        of.kind === 'mean-probability'
          ? weightedMean(of32(scores), weights)
          : logLoss({ scores: of32(scores), labels: of32(labels), weights });
      return [name, { value, atMost }];
    }),
  );
}

/** Whether all that was measured keeps its bound. */
export function constraintsHold(figures: Readonly<Record<string, ConstraintFigure>>): boolean {
  return Object.values(figures).every(({ value, atMost }) => value === null || value <= atMost);
}

function weightedMean(values: Float32Array, weights: Float32Array): number {
  let [total, count] = [0, 0];
  for (let at = 0; at < values.length; at++) {
    total += weights[at]! * values[at]!;
    count += weights[at]!;
  }
  return total / count;
}
