import { constant } from '../leaf.ts';
import { add, divide, multiply, subtract } from '../operators/binary.ts';
import { mean } from '../operators/reduce.ts';
import { concatenate, split } from '../operators/shape.ts';
import { sqrt } from '../operators/unary.ts';
import type { Tensor } from '../tensor.ts';

/** An update rule for the rows of a batch; rows outside it do not move. Written as a graph, so it runs vectorised. */
export interface SparseOptimizer {
  readonly name: string;
  /** Floats of state that a row of `dimension` values keeps. */
  stateWidth(dimension: number): number;
  /** Scalars to feed at step 1, 2, … */
  stepScalars(step: number): Readonly<Record<string, number>>;
  /**
   * @param inputs.rows `[rows, dimension]`
   * @param inputs.gradient `[rows, dimension]`
   * @param inputs.state `[rows, stateWidth]`
   */
  update(inputs: {
    readonly rows: Tensor;
    readonly gradient: Tensor;
    readonly state: Tensor;
    readonly learningRate: Tensor;
    readonly scalars: Readonly<Record<string, Tensor>>;
  }): { readonly rows: Tensor; readonly state: Tensor };
}

/**
 * Adagrad with one accumulator a row (as FBGEMM's `EXACT_ROWWISE_ADAGRAD`): s ← s + mean(g²); row ← row − ηg / (√s + ε).
 * A float of state a row.
 *
 * @param options.epsilon default 1e-10
 */
export function rowWiseAdagrad(options: { readonly epsilon?: number } = {}): SparseOptimizer {
  const { epsilon = 1e-10 } = options;
  return {
    name: 'row-wise adagrad',
    stateWidth: () => 1,
    stepScalars: () => ({}),
    update({ rows, gradient, state, learningRate }) {
      const squares = add(state, mean(multiply(gradient, gradient), { axes: [1], keepDimensions: true }));
      const rate = divide(learningRate, add(sqrt(squares), constant(epsilon)));
      return { rows: subtract(rows, multiply(gradient, rate)), state: squares };
    },
  };
}

/**
 * Adam whose moments move only with their row (PyTorch's `SparseAdam`); the bias correction counts all steps. Twice the
 * dimension in state.
 */
export function lazyAdam(options: { readonly beta1?: number; readonly beta2?: number; readonly epsilon?: number } = {}): SparseOptimizer {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  return {
    name: 'lazy adam',
    stateWidth: (dimension) => 2 * dimension,
    stepScalars: (step) => ({ stepSize: Math.sqrt(1 - beta2 ** step) / (1 - beta1 ** step) }),
    update({ rows, gradient, state, learningRate, scalars }) {
      const dimension = rows.shape[1]!;
      const [m, v] = split(state, 1, [dimension, dimension]) as [Tensor, Tensor];
      const first = add(m, multiply(constant(1 - beta1), subtract(gradient, m)));
      const second = add(v, multiply(constant(1 - beta2), subtract(multiply(gradient, gradient), v)));
      // SparseAdam adds ε to the uncorrected deviation, unlike Adam.
      const step = multiply(divide(first, add(sqrt(second), constant(epsilon))), multiply(learningRate, scalars['stepSize']!));
      return { rows: subtract(rows, step), state: concatenate([first, second], 1) };
    },
  };
}
