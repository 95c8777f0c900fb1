import type { Random } from '../../base/random.ts';

/** What a strategy may know of a step. */
export interface GradientConflict {
  /**
   * Inner products of the tasks' gradients of the shared parameters, `[tasks, tasks]`, row by row: symmetric, positive
   * semidefinite up to rounding, finite.
   */
  readonly gram: Float64Array;
  readonly tasks: number;
  /** What the strategy returned at the step before; {@link GradientStrategy.initialState} at the first. */
  readonly state: readonly number[];
  /** A stream that follows from the run's seed and the step, so that a resumed run draws what an unbroken one does. */
  readonly random: Random;
}

/** What a strategy decides. */
export interface GradientDecision {
  /**
   * One factor a task, finite: the shared parameters move along Σ wᵢ gᵢ. Every strategy stands on the scale of the
   * **sum**: where gradients are orthogonal and of one length, all factors are 1.
   */
  readonly weights: Float64Array;
  readonly state: readonly number[];
}

/**
 * How the gradients of several tasks become one. Nearly all published rules return a combination of the tasks' gradients
 * whose factors follow from their inner products alone, so a strategy sees `tasks²` numbers and never a gradient.
 *
 * A strategy keeps nothing: its state goes in and comes out, numbers that JSON carries exactly.
 */
export interface GradientStrategy {
  readonly name: string;
  initialState(tasks: number): readonly number[];
  decide(conflict: GradientConflict): GradientDecision;
}
