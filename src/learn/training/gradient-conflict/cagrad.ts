import type { GradientStrategy } from '../../tensor/gradient-strategy.ts';
import { minimizeOnSimplex } from './simplex-quadratic.ts';
import { statelessStrategy } from './stateless-strategy.ts';

const bisections = 80;
/** Parts of g_w that are so much longer than itself would leave nothing but rounding of a sum in single precision. */
const cancelled = 2 ** -13;

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
 * is where t = ‖g_w‖, found by bisection. For any t ≥ ‖g_w‖ the direction g₀ + √φ / t · g_w stays within reach of g₀ and
 * has equal inner products with all tasks that have weight, so where gradients cancel (‖g_w*‖ = 0, for which the closed form
 * divides 0 by 0) the bisection ends at a small t and a direction within about 1e−4 ‖g₀‖ of the best.
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
    let [low, high] = [0, upper];
    let t = upper;
    let norm = upper;
    const scaled = new Float64Array(tasks * tasks);
    let point: Float64Array | null = null;
    for (let round = 0; round < bisections; round++) {
      t = 0.5 * (low + high);
      for (let at = 0; at < scaled.length; at++) scaled[at] = (reach / t) * gram[at]!;
      ({ point } = minimizeOnSimplex(scaled, linear, tasks, point));
      norm = Math.sqrt(Math.max(0, squareOf(gram, tasks, point)));
      if (norm > t) low = t;
      else high = t;
      if (high - low <= 1e-15 * high || t < cancelled * longestPart(gram, tasks, point)) break;
    }
    const factor = (tasks * reach) / Math.max(t, norm);
    for (let i = 0; i < tasks; i++) weights[i] = (1 + factor * point![i]!) / (1 + c);
    return weights;
  });
}

/** The largest ‖wᵢ gᵢ‖. */
function longestPart(gram: Float64Array, tasks: number, point: Float64Array): number {
  let longest = 0;
  for (let i = 0; i < tasks; i++) longest = Math.max(longest, point[i]! * Math.sqrt(gram[i * tasks + i]!));
  return longest;
}

function squareOf(gram: Float64Array, tasks: number, factors: Float64Array): number {
  let square = 0;
  for (let i = 0; i < tasks; i++) for (let j = 0; j < tasks; j++) square += factors[i]! * factors[j]! * gram[i * tasks + j]!;
  return square;
}
