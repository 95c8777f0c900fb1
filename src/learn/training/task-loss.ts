import { constant, input } from '../tensor/leaf.ts';
import { add, divide, maximum, multiply } from '../tensor/operators/binary.ts';
import { binaryCrossEntropyWithLogits } from '../tensor/operators/binary-cross-entropy-with-logits.ts';
import { sum } from '../tensor/operators/reduce.ts';
import type { Tensor } from '../tensor/tensor.ts';

/** Names of the feeds that carry a task's outcomes, `[batch]` each. */
export function taskFeeds(task: string): { readonly label: string; readonly mask: string } {
  return { label: `label/${task}`, mask: `mask/${task}` };
}

/** Name of the feed of a named mask, `[batch]`: what each example counts in the terms that name it, 0 for not at all. */
export function maskFeed(mask: string): string {
  return `places/${mask}`;
}

/**
 * The loss of each task: the mean binary cross-entropy of those examples of the batch that have the task (Tang et al. 2020,
 * eq. 8: Σ δᵢ BCEᵢ / Σ δᵢ), 0 where none has it. Inputs `label/TASK` and `mask/TASK`, float32 `[batch]`; a mask may hold
 * weights of examples.
 *
 * @param logits `[batch]` by task
 * @returns scalars by task
 */
export function taskLosses(logits: Readonly<Record<string, Tensor>>): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(logits).map(([task, logit]) => {
      const { label, mask } = taskFeeds(task);
      const masks = input(mask, 'float32', logit.shape);
      const losses = binaryCrossEntropyWithLogits(logit, input(label, 'float32', logit.shape));
      return [task, maskedMean(losses, masks).value];
    }),
  );
}

/**
 * Σ mᵢ xᵢ / Σ mᵢ, a scalar, 0 where no mask is above 0.
 *
 * @returns the mean, and 1 or 0 for whether anything counts
 */
export function maskedMean(values: Tensor, masks: Tensor): { readonly value: Tensor; readonly present: Tensor } {
  const total = sum(masks);
  // The floor only meets a batch without the task: what is divided is 0 there.
  const count = maximum(total, constant(1e-9));
  return { value: divide(sum(multiply(values, masks)), count), present: divide(total, count) };
}

/** Σ weight · loss over the tasks; every task must have a weight. */
export function weightedSum(losses: Readonly<Record<string, Tensor>>, weights: Readonly<Record<string, number>>): Tensor {
  return Object.entries(losses)
    .map(([task, loss]) => multiply(loss, constant(weights[task]!)))
    .reduce(add);
}
