import type { GradientStrategy } from '../../tensor/gradient-strategy.ts';
import { statelessStrategy } from './stateless-strategy.ts';

/**
 * PCGrad, projecting conflicting gradients (Yu et al., "Gradient Surgery for Multi-Task Learning", NeurIPS 2020,
 * algorithm 1): for each task i, gᵢ' = gᵢ; then for the other tasks j in random order, where gᵢ' · gⱼ < 0,
 *
 *     gᵢ' ← gᵢ' − (gᵢ' · gⱼ / ‖gⱼ‖²) gⱼ
 *
 * and the step goes along Σ gᵢ'. The projections stay in the span of the gradients, so each gᵢ' is a row of factors.
 * Cost: T³ of T tasks.
 */
export function pcGrad(): GradientStrategy {
  return statelessStrategy('pcgrad', (gram, tasks, random) => {
    const weights = new Float64Array(tasks);
    const projected = new Float64Array(tasks);
    const order = Int32Array.from({ length: tasks }, (_, task) => task);
    for (let i = 0; i < tasks; i++) {
      projected.fill(0);
      projected[i] = 1;
      random.shuffle(order);
      for (const j of order) {
        if (j === i) continue;
        let product = 0;
        for (let k = 0; k < tasks; k++) product += projected[k]! * gram[k * tasks + j]!;
        if (product < 0) projected[j]! -= product / gram[j * tasks + j]!;
      }
      for (let k = 0; k < tasks; k++) weights[k]! += projected[k]!;
    }
    return weights;
  });
}
