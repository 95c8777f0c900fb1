import type { GradientStrategy } from '../../tensor/gradient-strategy.ts';
import { minimizeOnSimplex } from './simplex-quadratic.ts';
import { statelessStrategy } from './stateless-strategy.ts';

const bisections = 60;

/**
 * CAGrad, conflict-averse gradient descent (Liu et al., NeurIPS 2021, equation 3 and algorithm 1): among all directions
 * within c ‖g₀‖ of the mean gradient g₀, the one whose worst inner product with a task's gradient is largest. By its dual,
 * with g_w = Σ wᵢ gᵢ over the simplex and φ = c² ‖g₀‖²,
 *
 *     w* = argmin g_w · g₀ + √φ ‖g_w‖,     d = g₀ + √φ / ‖g_w*‖ · g_w*
 *
 * Returned are the factors of T d / (1 + c): the scale of the sum, and the division with which the authors' own code keeps
 * steps comparable over c. With c = 0 it is the plain sum, with growing c it turns to MGDA's direction.
 *
 * The dual's norm is written √q = min over t > 0 of (q / t + t) / 2: for one t it is a quadratic programme, and the best t
 * is where t = ‖g_w‖, found by bisection. So the solution is exact to rounding also where ‖g_w‖ is near 0.
 *
 * @param options.c how far from the mean the direction may go, from 0 to below 1; default .5
 */
export function caGrad(options: { readonly c?: number } = {}): GradientStrategy {
  const { c = 0.5 } = options;
  return statelessStrategy('cagrad', (gram, tasks) => {
    const weights = new Float64Array(tasks).fill(1 / (1 + c));
    // b = G 1 / T: inner products with the mean gradient.
    const linear = new Float64Array(tasks);
    let meanSquare = 0;
    let longest = 0;
    for (let i = 0; i < tasks; i++) {
      for (let j = 0; j < tasks; j++) linear[i]! += gram[i * tasks + j]! / tasks;
      meanSquare += linear[i]! / tasks;
      longest = Math.max(longest, gram[i * tasks + i]!);
    }
    const reach = c * Math.sqrt(Math.max(0, meanSquare));
    if (reach === 0) return weights;
    const upper = Math.sqrt(longest);
    let [low, high] = [upper * 1e-9, upper];
    const scaled = new Float64Array(tasks * tasks);
    let point: Float64Array | null = null;
    let norm = 0;
    for (let round = 0; round < bisections; round++) {
      const t = 0.5 * (low + high);
      for (let at = 0; at < scaled.length; at++) scaled[at] = (reach / t) * gram[at]!;
      ({ point } = minimizeOnSimplex(scaled, linear, tasks, point));
      norm = Math.sqrt(Math.max(0, squareOf(gram, tasks, point)));
      if (norm > t) low = t;
      else high = t;
      if (high - low <= 1e-15 * upper) break;
    }
    // Where the best g_w is 0 every direction is as good for the worst task: the mean itself is taken.
    if (norm <= upper * 1e-8) return weights;
    for (let i = 0; i < tasks; i++) weights[i] = (1 + (tasks * reach * point![i]!) / norm) / (1 + c);
    return weights;
  });
}

function squareOf(gram: Float64Array, tasks: number, factors: Float64Array): number {
  let square = 0;
  for (let i = 0; i < tasks; i++) for (let j = 0; j < tasks; j++) square += factors[i]! * factors[j]! * gram[i * tasks + j]!;
  return square;
}
