import type { Tensor } from '../tensor.ts';

/** What an update rule works on: the flat vector of all parameters, `[parameters]`. */
export interface UpdateInputs {
  readonly parameters: Tensor;
  readonly gradient: Tensor;
  /** One vector for each name in {@link Optimizer.state}. */
  readonly state: readonly Tensor[];
  /** Scalar. */
  readonly learningRate: Tensor;
  /** 1 where weight decay applies, 0 where not (norms, biases); same shape as the parameters. */
  readonly decayMask: Tensor;
  /** Scalars that change from step to step, by the names in {@link Optimizer.stepScalars}. */
  readonly scalars: Readonly<Record<string, Tensor>>;
}

/** A first-order update rule, written once as a graph over one flat vector. */
export interface Optimizer {
  readonly name: string;
  /** Names of the state vectors, each starting from zeros. */
  readonly state: readonly string[];
  /** Scalars to feed at step 1, 2, …; computed in double precision because 1 − βᵗ loses digits in single. */
  stepScalars(step: number): Readonly<Record<string, number>>;
  update(inputs: UpdateInputs): { readonly parameters: Tensor; readonly state: readonly Tensor[] };
}
