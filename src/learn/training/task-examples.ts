import { createRandom } from '../../base/random.ts';
import { NisusError } from '../../base/error.ts';
import type { TensorValue } from '../tensor/program.ts';
import { maskFeed, taskFeeds } from './task-loss.ts';
import type { LoopBatch } from './training-loop.ts';

/** Examples with the outcomes of several tasks. */
export interface TaskExamples {
  readonly rows: number;
  /** By task, `[rows]`: 1, 0, or NaN where the example does not have the task (what did not have the chance to happen). */
  readonly labels: Readonly<Record<string, Float32Array>>;
  /** `[rows]`, what each example counts in the losses, 0 or more. @default 1 each */
  readonly weights?: Float32Array;
  /** Named masks, `[rows]` each: what an example counts in terms of a composite loss that name the mask, 0 or more. */
  readonly masks?: Readonly<Record<string, Float32Array>>;
  /** What the encoder is fed for some rows, by name of its inputs; their first axis is that of the rows. */
  feeds(rows: Int32Array): Record<string, TensorValue>;
}

/** Thrown when examples cannot teach or judge a task. */
export class TaskExamplesError extends NisusError {
  constructor(what: string, problem: string, fields: Record<string, unknown>) {
    super('TASK_EXAMPLES', `${what}: ${problem}`, { fields: { what, ...fields } });
  }
}

/**
 * Checks that each task has examples of both outcomes: with one alone there is nothing to tell apart, and no AUC.
 *
 * @param what the examples' name in messages
 * @param masks names of masks that there must be
 * @throws {TaskExamplesError}
 */
export function checkTaskExamples(what: string, examples: TaskExamples, tasks: readonly string[], masks: readonly string[] = []): void {
  if (examples.weights !== undefined && examples.weights.length !== examples.rows)
    throw new TaskExamplesError(what, `${examples.weights.length} weights stand beside ${examples.rows} rows`, {});
  const wrong = examples.weights?.findIndex((weight) => !(weight >= 0 && weight < Infinity)) ?? -1;
  if (wrong >= 0)
    throw new TaskExamplesError(what, `weight of row ${wrong} is ${examples.weights![wrong]}, expected a number from 0`, { row: wrong });
  for (const mask of masks) checkMask(what, examples, mask);
  for (const task of tasks) {
    const labels = examples.labels[task];
    if (labels === undefined) throw new TaskExamplesError(what, `there are no labels of task "${task}"`, { task });
    if (labels.length !== examples.rows)
      throw new TaskExamplesError(what, `${labels.length} labels of task "${task}" stand beside ${examples.rows} rows`, { task });
    const counts = { 0: 0, 1: 0 };
    labels.forEach((label, row) => {
      if (label === 0 || label === 1) counts[label]++;
      else if (!Number.isNaN(label))
        throw new TaskExamplesError(what, `label of task "${task}" in row ${row} is ${label}, expected 1, 0 or NaN for "no such task"`, {
          task,
          row,
        });
    });
    if (counts[0] === 0 || counts[1] === 0) {
      throw new TaskExamplesError(
        what,
        `task "${task}" has one class: ${counts[1]} examples with label 1, ${counts[0]} with label 0, ${labels.length - counts[0] - counts[1]} without; it needs both, so take more examples or leave the task out`,
        { task, positives: counts[1], negatives: counts[0] },
      );
    }
  }
}

function checkMask(what: string, { masks, rows }: TaskExamples, mask: string): void {
  const values = masks?.[mask];
  if (values === undefined) {
    const given = Object.keys(masks ?? {});
    throw new TaskExamplesError(what, `there is no mask "${mask}", given are ${given.map((name) => `"${name}"`).join(', ') || 'none'}`, {
      mask,
    });
  }
  if (values.length !== rows)
    throw new TaskExamplesError(what, `${values.length} values of mask "${mask}" stand beside ${rows} rows`, { mask });
  const wrong = values.findIndex((value) => !(value >= 0 && value < Infinity));
  if (wrong >= 0)
    throw new TaskExamplesError(what, `mask "${mask}" is ${values[wrong]} in row ${wrong}, expected a number from 0`, { mask, row: wrong });
}

/** What some rows are fed to a training step: the encoder's feeds, labels and masks of each task, and named masks. */
export function exampleFeeds(examples: TaskExamples, tasks: readonly string[], rows: Int32Array): Record<string, TensorValue> {
  const feeds = examples.feeds(rows);
  const shape = [rows.length];
  for (const task of tasks) {
    const labels = examples.labels[task]!;
    const label = new Float32Array(rows.length);
    const mask = new Float32Array(rows.length);
    for (let at = 0; at < rows.length; at++) {
      const value = labels[rows[at]!]!;
      if (Number.isNaN(value)) continue;
      label[at] = value;
      mask[at] = examples.weights === undefined ? 1 : examples.weights[rows[at]!]!;
    }
    const names = taskFeeds(task);
    feeds[names.label] = { data: label, shape };
    feeds[names.mask] = { data: mask, shape };
  }
  for (const [name, values] of Object.entries(examples.masks ?? {}))
    feeds[maskFeed(name)] = { data: Float32Array.from(rows, (row) => values[row]!), shape };
  return feeds;
}

/** The batches of an epoch in an order that follows from seed and epoch, every row once; the last may be smaller. */
export function* exampleBatches(
  examples: TaskExamples,
  tasks: readonly string[],
  { batchSize, seed }: { readonly batchSize: number; readonly seed: number },
  epoch: number,
  firstBatch = 0,
): Generator<LoopBatch> {
  const order = Int32Array.from({ length: examples.rows }, (_, row) => row);
  createRandom(seed, 'examples', epoch).shuffle(order);
  for (let from = firstBatch * batchSize; from < order.length; from += batchSize) {
    const rows = order.subarray(from, from + batchSize);
    yield { examples: rows.length, feeds: exampleFeeds(examples, tasks, rows) };
  }
}
