import type { GradientStrategy } from '../../tensor/gradient-strategy.ts';
import { statelessStrategy } from './stateless-strategy.ts';
import { symmetricEigen } from './symmetric-eigen.ts';

/** Inner products come from a float32 graph: an eigenvalue below this share of the largest, times T, is rounding. */
const singlePrecision = 2 ** -23;

/**
 * Aligned-MTL, independent component alignment (Senushkin et al., CVPR 2023, equation 12 and algorithm 1): the gradients
 * are replaced by the nearest set of orthogonal ones of equal length, so that none dominates and none conflicts. With the
 * eigenvalues λ₁ ≥ … ≥ λ_R > 0 and eigenvectors V of the Gram matrix,
 *
 *     B = √λ_R · V Λ^(−½) Vᵀ,     w = B 1
 *
 * λ_R, the smallest eigenvalue that is not rounding, keeps the step of the worst-conditioned component as it is; `median`
 * and `rmse` are the scales that the authors' code offers beside it. Where all gradients are orthogonal and of one length,
 * B is the identity and the result the plain sum.
 *
 * Tasks' importance comes in through the loss weights, which scale the gradients before: with one length for all
 * components afterwards, they have less effect here than with other strategies.
 *
 * @param options.scale default `min`
 */
export function alignedMtl(options: { readonly scale?: 'min' | 'median' | 'rmse' } = {}): GradientStrategy {
  const { scale = 'min' } = options;
  return statelessStrategy('aligned-mtl', (gram, tasks) => {
    const { values, vectors } = symmetricEigen(gram, tasks);
    const rank = values.findLastIndex((value) => value > values[0]! * tasks * singlePrecision) + 1;
    const kept = values.subarray(0, rank);
    const unit = Math.sqrt(scale === 'min' ? kept[rank - 1]! : scale === 'median' ? lowerMedian(kept) : mean(kept));
    const weights = new Float64Array(tasks);
    for (let k = 0; k < rank; k++) {
      const vector = vectors.subarray(k * tasks, (k + 1) * tasks);
      let total = 0;
      for (const part of vector) total += part;
      const factor = (unit / Math.sqrt(values[k]!)) * total;
      for (let i = 0; i < tasks; i++) weights[i]! += factor * vector[i]!;
    }
    return weights;
  });
}

/** The lower of two middle values, as the authors' code has it; `values` are sorted, largest first. */
function lowerMedian(values: Float64Array): number {
  return values[Math.floor(values.length / 2)]!;
}

function mean(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total / values.length;
}
