import { constant } from '../leaf.ts';
import { add, divide, multiply, subtract } from '../operators/binary.ts';
import { sqrt } from '../operators/unary.ts';
import type { Optimizer } from './optimizer.ts';

/** Decay rates of the moments and the number that keeps the division finite. */
export interface AdamOptions {
  /** @default 0.9 */
  readonly beta1?: number;
  /** @default 0.999 */
  readonly beta2?: number;
  /** @default 1e-8 */
  readonly epsilon?: number;
}

/** Adam (Kingma & Ba 2015, algorithm 1). */
export function adam(options: AdamOptions = {}): Optimizer {
  return { ...adamW({ ...options, weightDecay: 0 }), name: 'adam' };
}

/**
 * AdamW: Adam with decoupled weight decay (Loshchilov & Hutter 2019, algorithm 2), θ ← θ − η(m̂ / (√v̂ + ε) + λθ).
 *
 * @param options.weightDecay λ, default .01; norms and biases are left out by the decay mask
 */
export function adamW(options: AdamOptions & { readonly weightDecay?: number } = {}): Optimizer {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0.01 } = options;
  return {
    name: 'adamw',
    state: ['firstMoment', 'secondMoment'],
    // The corrections go to scalars (section 2, last paragraph), which saves two passes over the parameters.
    stepScalars: (step) => {
      const secondCorrection = Math.sqrt(1 - beta2 ** step);
      return { stepFactor: secondCorrection / (1 - beta1 ** step), stepEpsilon: epsilon * secondCorrection };
    },
    update({ parameters, gradient, state, learningRate, decayMask, scalars }) {
      const [m, v] = state as [typeof gradient, typeof gradient];
      const first = add(m, multiply(constant(1 - beta1), subtract(gradient, m)));
      const second = add(v, multiply(constant(1 - beta2), subtract(multiply(gradient, gradient), v)));
      const direction = divide(first, add(sqrt(second), scalars['stepEpsilon']!));
      const moved = subtract(parameters, multiply(direction, multiply(learningRate, scalars['stepFactor']!)));
      if (weightDecay === 0) return { parameters: moved, state: [first, second] };
      const decay = multiply(multiply(decayMask, multiply(learningRate, constant(weightDecay))), parameters);
      return { parameters: subtract(moved, decay), state: [first, second] };
    },
  };
}
