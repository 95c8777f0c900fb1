import type { LossWeighting } from '../../tensor/loss-weighting.ts';

/** The same weights throughout. @param values one a task, in the tasks' order; default 1 for each */
export function fixedWeights(values?: readonly number[]): LossWeighting {
  return {
    name: 'fixed',
    initialState: () => [],
    weights: (_state, tasks) => (values === undefined ? new Float64Array(tasks).fill(1) : Float64Array.from(values)),
    update: (state) => state,
  };
}
