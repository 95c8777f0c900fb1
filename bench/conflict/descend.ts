import { createRandom } from '../../src/base/random.ts';
import type { GradientStrategy } from '../../src/learn/tensor/gradient-strategy.ts';
import type { Point } from './pareto-front.ts';
import { toyGradients } from './toy-gradients.ts';

/** One descent. */
export interface Descent {
  readonly strategy: string;
  readonly start: Point;
  readonly end: Point;
  /** Some points of the way, the start and the end. */
  readonly path: readonly Point[];
}

const [learningRate, beta1, beta2, epsilon] = [1e-3, 0.9, 0.999, 1e-8];
const pathPoints = 500;

/**
 * Descends from a start with Adam at 1e-3, as the authors' code. Parameters, gradients and inner products are rounded to
 * float32, as theirs and the engine's are.
 *
 * @param lossWeights of the two losses
 */
export function descend(strategy: GradientStrategy, start: Point, steps: number, lossWeights: Point, seed: number): Descent {
  const x = Float32Array.from(start);
  const [m, v] = [new Float32Array(2), new Float32Array(2)];
  const gradients = new Float64Array(4);
  const weighted = new Float32Array(4);
  const gram = new Float64Array(4);
  const keepEvery = Math.ceil(steps / pathPoints);
  let state = strategy.initialState(2);
  const place = (): Point => [x[0]!, x[1]!];
  const path: Point[] = [place()];
  for (let step = 1; step <= steps; step++) {
    toyGradients(x[0]!, x[1]!, gradients);
    for (let at = 0; at < 4; at++) weighted[at] = gradients[at]! * lossWeights[at >> 1]!;
    for (let at = 0; at < 4; at++) {
      const [i, j] = [2 * (at >> 1), 2 * (at & 1)];
      gram[at] = Math.fround(weighted[i]! * weighted[j]! + weighted[i + 1]! * weighted[j + 1]!);
    }
    const decision = strategy.decide({ gram, tasks: 2, state, random: createRandom(seed, 'gradient-strategy', step) });
    state = decision.state;
    const rate = (learningRate * Math.sqrt(1 - beta2 ** step)) / (1 - beta1 ** step);
    const small = epsilon * Math.sqrt(1 - beta2 ** step);
    for (let axis = 0; axis < 2; axis++) {
      const gradient = Math.fround(decision.weights[0]! * weighted[axis]! + decision.weights[1]! * weighted[2 + axis]!);
      m[axis] = m[axis]! + (1 - beta1) * (gradient - m[axis]!);
      v[axis] = v[axis]! + (1 - beta2) * (gradient * gradient - v[axis]!);
      x[axis] = x[axis]! - (rate * m[axis]!) / (Math.sqrt(v[axis]!) + small);
    }
    if (step % keepEvery === 0 || step === steps) path.push(place());
  }
  return { strategy: strategy.name, start, end: place(), path };
}
