import type { GradientStrategy } from '../../tensor/gradient-strategy.ts';

/** No strategy: Σ gᵢ, the gradient of the sum of the losses (linear scalarisation). */
export function plainSum(): GradientStrategy {
  return {
    name: 'sum',
    initialState: () => [],
    decide: ({ tasks }) => ({ weights: new Float64Array(tasks).fill(1), state: [] }),
  };
}

/** Σ gᵢ / T, the gradient of the mean of the losses: the one strategy that is not on the scale of the sum. */
export function plainMean(): GradientStrategy {
  return {
    name: 'mean',
    initialState: () => [],
    decide: ({ tasks }) => ({ weights: new Float64Array(tasks).fill(1 / tasks), state: [] }),
  };
}
