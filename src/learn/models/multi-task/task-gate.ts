import { zeros } from '../../tensor/initializers.ts';
import { inLayer } from '../../tensor/layer-path.ts';
import { multiply } from '../../tensor/operators/binary.ts';
import { softmax } from '../../tensor/operators/normalize.ts';
import { sum } from '../../tensor/operators/reduce.ts';
import { expandDimension, stack } from '../../tensor/operators/shape.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { linear } from '../../nn/linear.ts';

/** How a task, at a level, mixes its experts: for reports on what the experts are used for. */
export interface TaskGate {
  /** Extraction level, from 0. */
  readonly level: number;
  /** The task, or `shared` for the gate that feeds the shared experts of the next level. */
  readonly task: string;
  /** Layer path of each expert, in the order of the weights. */
  readonly experts: readonly string[];
  /** `[batch, experts]`, each row adds up to 1. */
  readonly weights: Tensor;
}

/** An expert's output and where it stands. */
export interface Expert {
  readonly name: string;
  /** `[batch, width]`, one width for all experts of a level. */
  readonly output: Tensor;
}

/**
 * Mixes experts by a softmax gate: Σᵢ softmax(x W)ᵢ fᵢ, W `[dim, experts]` without a bias (Ma et al. 2018, eq. 6–7). W starts
 * at 0, so every expert starts with an even share and a gradient: from random gates some are never heard, and die.
 *
 * @param x what the gate looks at, `[batch, dim]`
 * @returns the mixture `[batch, width]`, and the gate
 */
export function mixExperts(
  name: string,
  x: Tensor,
  experts: readonly Expert[],
  owner: { readonly level: number; readonly task: string },
): { readonly mixture: Tensor; readonly gate: TaskGate } {
  return inLayer(name, () => {
    const weights = softmax(linear('gate', x, experts.length, { bias: false, initializer: zeros }));
    const outputs = stack(
      experts.map(({ output }) => output),
      1,
    );
    const mixture = sum(multiply(outputs, expandDimension(weights, 2)), { axes: [1] });
    return { mixture, gate: { ...owner, experts: experts.map((expert) => expert.name), weights } };
  });
}
