import type { GradientStrategy } from '../../tensor/gradient-strategy.ts';
import { minimizeOnSimplex } from './simplex-quadratic.ts';
import { statelessStrategy } from './stateless-strategy.ts';

/**
 * MGDA, the multiple-gradient descent algorithm (Désidéri 2012; Sener & Koltun, "Multi-Task Learning as Multi-Objective
 * Optimization", NeurIPS 2018, equation 3): the shortest vector of the gradients' convex hull,
 *
 *     min over α ≥ 0, Σα = 1 of ‖Σ αᵢ gᵢ‖²
 *
 * which lowers every loss at once, or is 0 where none can be lowered without raising another. Solved to rounding, not by
 * the paper's 250 steps of Frank-Wolfe. Returned is T α, on the scale of the sum.
 */
export function mgda(): GradientStrategy {
  return statelessStrategy('mgda', (gram, tasks) => minimizeOnSimplex(gram, null, tasks).point.map((share) => tasks * share));
}
