import type { Random } from '../../../base/random.ts';
import type { GradientStrategy } from '../../tensor/gradient-strategy.ts';

/**
 * A rule on the tasks that have a gradient.
 *
 * @param gram `[tasks, tasks]`, every diagonal element positive
 * @param tasks at least 2
 * @returns one factor a task, on the scale of the sum
 */
export type GramRule = (gram: Float64Array, tasks: number, random: Random) => Float64Array;

/**
 * A strategy that remembers nothing. A task whose gradient is exactly zero is left out of the rule (its factor is 1, of
 * no effect): such a task asks for nothing in this step, usually because the batch has no label for it. A task that stands
 * alone keeps its gradient as it is.
 */
export function statelessStrategy(name: string, rule: GramRule): GradientStrategy {
  return {
    name,
    initialState: () => [],
    decide({ gram, tasks, random }) {
      const weights = new Float64Array(tasks).fill(1);
      const active = activeTasks(gram, tasks);
      if (active.length < 2) return { weights, state: [] };
      const found = rule(subGram(gram, tasks, active), active.length, random);
      active.forEach((task, at) => (weights[task] = found[at]!));
      return { weights, state: [] };
    },
  };
}

/** Tasks with a gradient that is not zero. */
export function activeTasks(gram: Float64Array, tasks: number): number[] {
  return Array.from({ length: tasks }, (_, task) => task).filter((task) => gram[task * tasks + task]! > 0);
}

function subGram(gram: Float64Array, tasks: number, chosen: readonly number[]): Float64Array {
  if (chosen.length === tasks) return gram;
  return Float64Array.from({ length: chosen.length ** 2 }, (_, at) => {
    const row = chosen[Math.floor(at / chosen.length)]!;
    return gram[row * tasks + chosen[at % chosen.length]!]!;
  });
}
