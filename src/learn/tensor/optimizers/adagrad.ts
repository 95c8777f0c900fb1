import { constant } from '../leaf.ts';
import { add, divide, multiply, subtract } from '../operators/binary.ts';
import { sqrt } from '../operators/unary.ts';
import type { Optimizer } from './optimizer.ts';

/**
 * Adagrad (Duchi et al. 2011): G ← G + g²; θ ← θ − ηg / (√G + ε).
 *
 * @param options.epsilon default 1e-10
 */
export function adagrad(options: { readonly epsilon?: number } = {}): Optimizer {
  const { epsilon = 1e-10 } = options;
  return {
    name: 'adagrad',
    state: ['squareSum'],
    stepScalars: () => ({}),
    update({ parameters, gradient, state, learningRate }) {
      const squareSum = add(state[0]!, multiply(gradient, gradient));
      const step = divide(gradient, add(sqrt(squareSum), constant(epsilon)));
      return { parameters: subtract(parameters, multiply(learningRate, step)), state: [squareSum] };
    },
  };
}
