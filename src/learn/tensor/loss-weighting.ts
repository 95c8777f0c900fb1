/** What a rule for loss weights learns from a step. */
export interface LossesOfStep {
  /** 1 at the first step. */
  readonly step: number;
  /** Losses without their weights, one a task. */
  readonly losses: Float64Array;
  /** L2 norms of the tasks' gradients of the shared parameters, without weights. */
  readonly gradientNorms: Float64Array;
}

/**
 * How much each task's loss counts, λ in Σ λᵢ Lᵢ, and how that changes as training goes. Independent of how gradients are
 * combined: a strategy sees the gradients of λᵢ Lᵢ. Keeps nothing: its state goes in and comes out, numbers that JSON
 * carries exactly.
 */
export interface LossWeighting {
  readonly name: string;
  initialState(tasks: number): readonly number[];
  /** λ of the next step, each finite and not below 0. */
  weights(state: readonly number[], tasks: number): Float64Array;
  /** The state after a step that was taken. */
  update(state: readonly number[], step: LossesOfStep): readonly number[];
}
