import type { GradientStrategy } from '../../tensor/gradient-strategy.ts';
import { cosinesOf } from './cosines.ts';
import { solvePositiveDefinite } from './positive-definite.ts';
import { statelessStrategy } from './stateless-strategy.ts';

/** Added to the diagonal of the cosines: bounds the solution where gradients cancel, moves it elsewhere by no more than this. */
const ridge = 1e-6;
const newtonSteps = 100;

/**
 * Nash-MTL (Navon et al., "Multi-Task Learning as a Bargaining Game", ICML 2022, claim 3.2): the Nash bargaining solution,
 * whose factors satisfy G α = 1 / α with α > 0. That is where ½ αᵀGα − Σ log αᵢ has its minimum, and this function is
 * convex and self-concordant, so damped Newton steps find it (the paper solves a sequence of convex approximations of the
 * equation). With the matrix C of cosines and β = α ‖g‖ it is C β = 1 / β: lengths do not matter.
 *
 * Returned is α on the scale of the sum, Σα = T. Solved at every step; the paper's saving, solving at every tenth, is not
 * needed for a matrix of this size. Where the gradients cancel (a Pareto-stationary point) no solution exists; a ridge of
 * 1e-6 on C gives the one of least length.
 */
export function nashMtl(): GradientStrategy {
  return statelessStrategy('nash-mtl', (gram, tasks) => {
    const matrix = cosinesOf(gram, tasks);
    for (let i = 0; i < tasks; i++) matrix[i * tasks + i] = 1 + ridge;
    const beta = new Float64Array(tasks).fill(1 / Math.sqrt(tasks));
    const gradient = new Float64Array(tasks);
    const hessian = new Float64Array(tasks * tasks);
    for (let step = 0; step < newtonSteps; step++) {
      hessian.set(matrix);
      for (let i = 0; i < tasks; i++) {
        let product = 0;
        for (let j = 0; j < tasks; j++) product += matrix[i * tasks + j]! * beta[j]!;
        gradient[i] = product - 1 / beta[i]!;
        hessian[i * tasks + i]! += 1 / beta[i]! ** 2;
      }
      const move = solvePositiveDefinite(hessian, gradient, tasks);
      let decrement = 0;
      for (let i = 0; i < tasks; i++) decrement += gradient[i]! * move[i]!;
      const lambda = Math.sqrt(Math.max(0, decrement));
      // Within the damped step's ellipsoid no coordinate reaches 0 (Nesterov & Nemirovski 1994).
      const length = lambda < 0.25 ? 1 : 1 / (1 + lambda);
      for (let i = 0; i < tasks; i++) beta[i]! -= length * move[i]!;
      if (lambda < 1e-12) break;
    }
    let longest = 0;
    for (let i = 0; i < tasks; i++) longest = Math.max(longest, gram[i * tasks + i]!);
    const weights = beta.map((value, i) => value * Math.sqrt(longest / gram[i * tasks + i]!));
    let sum = 0;
    for (const weight of weights) sum += weight;
    return weights.map((weight) => (tasks * weight) / sum);
  });
}
