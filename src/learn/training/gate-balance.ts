import type { TaskGate } from '../models/multi-task/task-gate.ts';
import { constant } from '../tensor/leaf.ts';
import { add, multiply, subtract } from '../tensor/operators/binary.ts';
import { mean, sum } from '../tensor/operators/reduce.ts';
import type { Tensor } from '../tensor/tensor.ts';

/**
 * Adds to each task's loss a term that keeps its experts in use: strength · CV² of the mean weight that its gates give their
 * experts over the batch (Shazeer et al. 2017, "Outrageously large neural networks", eq. 6–7, with the mean in the place of
 * the sum). For a gate of n experts with mean weights ā, CV² = n Σ ā² − 1: 0 for even shares, n − 1 where one takes all.
 * Single examples may still choose as they like. Gates that no task owns count for all tasks in equal parts.
 *
 * @param losses scalars by task
 * @param strength 0 leaves the losses as they are
 */
export function withGateBalance(
  losses: Readonly<Record<string, Tensor>>,
  gates: readonly TaskGate[],
  strength: number,
): Readonly<Record<string, Tensor>> {
  if (strength === 0) return losses;
  const tasks = Object.keys(losses);
  return Object.fromEntries(
    tasks.map((task) => {
      const terms = gates
        .filter((gate) => gate.experts.length > 1 && (gate.task === task || losses[gate.task] === undefined))
        .map((gate) => multiply(unevenness(gate), constant(gate.task === task ? strength : strength / tasks.length)));
      return [task, [losses[task]!, ...terms].reduce(add)];
    }),
  );
}

function unevenness({ weights, experts }: TaskGate): Tensor {
  const shares = mean(weights, { axes: [0] });
  return subtract(multiply(sum(multiply(shares, shares)), constant(experts.length)), constant(1));
}
