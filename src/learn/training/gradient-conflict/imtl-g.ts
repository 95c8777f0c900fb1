import type { GradientStrategy } from '../../tensor/gradient-strategy.ts';
import { cosinesOf } from './cosines.ts';
import { statelessStrategy } from './stateless-strategy.ts';
import { symmetricEigen } from './symmetric-eigen.ts';

/** Inner products come from a float32 graph: an eigenvalue below this share of the tasks' number is rounding. */
const singlePrecision = 2 ** -23;
/**
 * Factors that sum to less than this share of their sizes cannot be brought to the scale of the sum; and equal projections
 * that are missed by more than this share do not exist.
 */
const cancelled = 1e-3;

/**
 * IMTL-G, impartial multi-task learning by gradients (Liu et al., "Towards Impartial Multi-task Learning", ICLR 2021,
 * equation 5): the combination, with Σα = 1, whose projections on all gradients' directions are equal. The paper solves
 * it against the first task; the same in symmetric form, with the matrix C of cosines and lengths ‖gᵢ‖, is
 *
 *     C β = 1,     αᵢ ∝ βᵢ / ‖gᵢ‖
 *
 * solved by the pseudo-inverse of C, so gradients that say the same share what they get. Factors may be negative. Returned
 * is T α, on the scale of the sum.
 *
 * Where the gradients oppose each other so that no combination has equal projections but 0 (or only with factors that
 * cancel), αᵢ ∝ 1 / ‖gᵢ‖ is taken: gradients of one length.
 */
export function imtlG(): GradientStrategy {
  return statelessStrategy('imtl-g', (gram, tasks) => {
    const { values, vectors } = symmetricEigen(cosinesOf(gram, tasks), tasks);
    const weights = new Float64Array(tasks);
    let unreached = tasks;
    for (let k = 0; k < tasks; k++) {
      if (values[k]! <= tasks * tasks * singlePrecision) break;
      const vector = vectors.subarray(k * tasks, (k + 1) * tasks);
      let total = 0;
      for (const part of vector) total += part;
      unreached -= total * total;
      for (let i = 0; i < tasks; i++) weights[i]! += (total / values[k]!) * vector[i]!;
    }
    const [sum, size] = scaleByLength(weights, gram, tasks);
    if (unreached < cancelled ** 2 * tasks && sum > cancelled * size) return weights.map((weight) => (tasks * weight) / sum);
    weights.fill(1);
    const [equal] = scaleByLength(weights, gram, tasks);
    return weights.map((weight) => (tasks * weight) / equal);
  });
}

/** β to β / ‖g‖ in place, relative to the longest gradient; their sum, and that of their sizes. */
function scaleByLength(weights: Float64Array, gram: Float64Array, tasks: number): [sum: number, size: number] {
  let longest = 0;
  for (let i = 0; i < tasks; i++) longest = Math.max(longest, gram[i * tasks + i]!);
  let sum = 0;
  let size = 0;
  for (let i = 0; i < tasks; i++) {
    weights[i]! *= Math.sqrt(longest / gram[i * tasks + i]!);
    sum += weights[i]!;
    size += Math.abs(weights[i]!);
  }
  return [sum, size];
}
