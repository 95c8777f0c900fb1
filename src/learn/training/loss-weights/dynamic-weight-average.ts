import type { LossWeighting } from '../../tensor/loss-weighting.ts';

/**
 * DWA, dynamic weight average (Liu, Johns & Davison, "End-to-End Multi-Task Learning with Attention", CVPR 2019,
 * equation 7): tasks whose loss falls slower count more. With mean losses Lᵢ over windows of steps,
 *
 *     wᵢ = Lᵢ(t − 1) / Lᵢ(t − 2),     λᵢ = T e^(wᵢ / τ) / Σ e^(wⱼ / τ)
 *
 * The paper's window is an epoch. λ = 1 until two windows are full; a task without a loss in a window has w = 1. State: steps
 * in the window, then of each task its sum in the window and its means of the last two.
 *
 * @param options.everySteps the window
 * @param options.temperature τ, default 2, the paper's; larger is more even
 */
export function dynamicWeightAverage(options: { readonly everySteps: number; readonly temperature?: number }): LossWeighting {
  const { everySteps, temperature = 2 } = options;
  return {
    name: 'dwa',
    initialState: (tasks) => new Array<number>(1 + 3 * tasks).fill(0),
    weights(state, tasks) {
      const ratios = Float64Array.from({ length: tasks }, (_, task) => {
        const [last, before] = [state[2 + 3 * task]!, state[3 + 3 * task]!];
        return last > 0 && before > 0 ? last / before : 1;
      });
      const largest = ratios.reduce((a, b) => Math.max(a, b));
      const powers = ratios.map((ratio) => Math.exp((ratio - largest) / temperature));
      const sum = powers.reduce((a, b) => a + b);
      return powers.map((power) => (tasks * power) / sum);
    },
    update(state, { losses }) {
      const next = [...state];
      next[0]! += 1;
      losses.forEach((loss, task) => (next[1 + 3 * task]! += loss));
      if (next[0]! < everySteps) return next;
      next[0] = 0;
      losses.forEach((_, task) => {
        const at = 1 + 3 * task;
        [next[at], next[at + 1], next[at + 2]] = [0, next[at]! / everySteps, next[at + 1]!];
      });
      return next;
    },
  };
}
