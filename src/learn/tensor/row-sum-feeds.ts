import { resolveDimension } from './dimension.ts';
import type { GraphInput } from './onnx/lowering.ts';
import { planRowSums, type RowSumPlan } from './row-sum-plan.ts';
import { symbolicSizes } from './symbolic-sizes.ts';
import type { TensorValue } from './tensor-value.ts';

/**
 * The plans of a run's row sums, made from the values that are fed; one plan serves all sums by the same input onto the
 * same rows.
 *
 * @param planned the inputs to fill
 * @param inputs those that are fed, which tell the sizes
 */
export function rowSumFeeds(
  planned: readonly GraphInput[],
  inputs: readonly GraphInput[],
  feeds: Readonly<Record<string, TensorValue>>,
): Record<string, TensorValue> {
  const sizes = symbolicSizes(inputs, feeds);
  const plans = new Map<string, RowSumPlan>();
  const filled: Record<string, TensorValue> = {};
  for (const { name, rowSum } of planned) {
    const { of, rows, part } = rowSum!;
    const key = `${of} ${rows}`;
    const plan = plans.get(key) ?? planRowSums(feeds[of]!.data as Int32Array, resolveDimension(rows, sizes)!);
    plans.set(key, plan);
    filled[name] = part === 'places' ? { data: plan.places, shape: [plan.places.length] } : plan.levels[part]!;
  }
  return filled;
}
