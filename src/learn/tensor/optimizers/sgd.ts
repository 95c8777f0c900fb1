import { constant } from '../leaf.ts';
import { add, multiply, subtract } from '../operators/binary.ts';
import type { Optimizer } from './optimizer.ts';

/**
 * Stochastic gradient descent with heavy-ball momentum (Polyak 1964), as PyTorch's: v ← μv + g; θ ← θ − ηv.
 *
 * @param options.momentum μ, default 0
 * @param options.weightDecay added to the gradient (L2), default 0
 */
export function sgd(options: { readonly momentum?: number; readonly weightDecay?: number } = {}): Optimizer {
  const { momentum = 0, weightDecay = 0 } = options;
  return {
    name: 'sgd',
    state: momentum === 0 ? [] : ['velocity'],
    stepScalars: () => ({}),
    update({ parameters, gradient, state, learningRate, decayMask }) {
      const decayed = weightDecay === 0 ? gradient : add(gradient, multiply(multiply(constant(weightDecay), decayMask), parameters));
      const [velocity] = state;
      const next = velocity === undefined ? decayed : add(multiply(constant(momentum), velocity), decayed);
      return { parameters: subtract(parameters, multiply(learningRate, next)), state: velocity === undefined ? [] : [next] };
    },
  };
}
