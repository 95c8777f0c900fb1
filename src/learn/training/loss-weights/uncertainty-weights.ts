import type { LossWeighting } from '../../tensor/loss-weighting.ts';

const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-8];
/** Of s = log σ²: weights stay within e^±10. */
const bound = 10;

/**
 * Uncertainty weighting (Kendall, Gal & Cipolla, "Multi-Task Learning Using Uncertainty to Weigh Losses", CVPR 2018,
 * equations 7 and 10): each task has a noise σᵢ that is learned with the model,
 *
 *     Σ κᵢ e^(−sᵢ) Lᵢ + sᵢ / 2,     sᵢ = log σᵢ²
 *
 * with κ = 1 for a likelihood over classes (cross-entropies, their equation 10) and ½ for a Gaussian one (squared errors,
 * their equation 7). The derivative by sᵢ is ½ − κᵢ e^(−sᵢ) Lᵢ, known from the loss alone: so s needs no place in the graph.
 * It starts at 0 and moves by Adam with a rate of its own; the weight is λᵢ = κᵢ e^(−sᵢ). At rest λᵢ Lᵢ = ½.
 *
 * Meant for losses that are negative log-likelihoods, not below 0. A loss of exactly 0 (no label in the batch) leaves its s
 * as it is. State: s, first and second moment, steps taken, of each task.
 *
 * @param options.learningRate of s, default .001
 * @param options.gaussian tasks (their places) with a Gaussian likelihood, default none
 */
export function uncertaintyWeights(options: { readonly learningRate?: number; readonly gaussian?: readonly number[] } = {}): LossWeighting {
  const { learningRate = 0.001, gaussian = [] } = options;
  const kappa = (task: number) => (gaussian.includes(task) ? 0.5 : 1);
  return {
    name: 'uncertainty',
    initialState: (tasks) => new Array<number>(4 * tasks).fill(0),
    weights: (state, tasks) => Float64Array.from({ length: tasks }, (_, task) => kappa(task) * Math.exp(-state[4 * task]!)),
    update(state, { losses }) {
      const next = [...state];
      losses.forEach((loss, task) => {
        if (loss === 0) return;
        const at = 4 * task;
        const gradient = 0.5 - kappa(task) * Math.exp(-next[at]!) * loss;
        const first = beta1 * next[at + 1]! + (1 - beta1) * gradient;
        const second = beta2 * next[at + 2]! + (1 - beta2) * gradient * gradient;
        const taken = next[at + 3]! + 1;
        const move = first / (1 - beta1 ** taken) / (Math.sqrt(second / (1 - beta2 ** taken)) + epsilon);
        next[at] = Math.max(-bound, Math.min(bound, next[at]! - learningRate * move));
        next[at + 1] = first;
        next[at + 2] = second;
        next[at + 3] = taken;
      });
      return next;
    },
  };
}
