import type { LossWeighting } from '../../tensor/loss-weighting.ts';

/** No task falls silent for good: weights stay above this. */
const least = 1e-3;

/**
 * GradNorm (Chen et al., "GradNorm: Gradient Normalization for Adaptive Loss Balancing in Deep Multitask Networks",
 * ICML 2018, equations 1 and 2, algorithm 1): weights move so that the gradients λᵢ gᵢ of the shared parameters get a common
 * length, longer for tasks that train slower. With Nᵢ = ‖λᵢ gᵢ‖, its mean N̄, and the relative inverse training rate
 * rᵢ = (Lᵢ(t) / Lᵢ(0)) / mean of the same,
 *
 *     λ ← λ − η ∇_λ Σ |Nᵢ − N̄ rᵢ^α| / N̄     (N̄ rᵢ^α held constant),     then λ scaled to Σλ = T
 *
 * The division by N̄ is ours: it makes η independent of the gradients' unit. All shared parameters are taken, where the
 * paper takes the last shared layer to save time: here the norms cost nothing more. Lᵢ(0) is the loss of the first step in
 * which it is not 0; a task whose loss or gradient is 0 keeps its weight. State: λ, then L(0).
 *
 * @param options.alpha α, how strongly slow tasks are pulled; default 1.5, the paper's
 * @param options.learningRate η, default .025, the paper's
 */
export function gradNormWeights(options: { readonly alpha?: number; readonly learningRate?: number } = {}): LossWeighting {
  const { alpha = 1.5, learningRate = 0.025 } = options;
  return {
    name: 'gradnorm',
    initialState: (tasks) => [...new Array<number>(tasks).fill(1), ...new Array<number>(tasks).fill(0)],
    weights: (state, tasks) => Float64Array.from(state.slice(0, tasks)),
    update(state, { losses, gradientNorms }) {
      const tasks = losses.length;
      const weights = state.slice(0, tasks);
      const initial = state.slice(tasks).map((first, task) => (first === 0 ? Math.max(0, losses[task]!) : first));
      const active = weights.flatMap((_, task) => (losses[task]! > 0 && gradientNorms[task]! > 0 ? [task] : []));
      if (active.length > 1) {
        const meanNorm = active.reduce((total, task) => total + weights[task]! * gradientNorms[task]!, 0) / active.length;
        const rates = active.map((task) => losses[task]! / initial[task]!);
        const meanRate = rates.reduce((total, rate) => total + rate, 0) / active.length;
        active.forEach((task, at) => {
          const above = weights[task]! * gradientNorms[task]! - meanNorm * (rates[at]! / meanRate) ** alpha;
          weights[task] = Math.max(least, weights[task]! - (learningRate * Math.sign(above) * gradientNorms[task]!) / meanNorm);
        });
      }
      const sum = weights.reduce((total, weight) => total + weight, 0);
      return [...weights.map((weight) => (tasks * weight) / sum), ...initial];
    },
  };
}
