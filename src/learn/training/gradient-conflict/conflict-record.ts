import type { MultiTaskStep, MultiTaskStepResult } from '../../tensor/multi-task-step.ts';
import { cosinesOf } from './cosines.ts';

/**
 * How the tasks' gradients of the shared parameters stood to each other at a step: a plain record for the metrics log.
 * Pairs of tasks are in the order (0, 1), (0, 2), …, (1, 2), …; a cosine is null where one of the two gradients is zero.
 */
export interface ConflictRecord {
  readonly step: number;
  readonly tasks: readonly string[];
  /** By pair, over all shared parameters. */
  readonly cosines: readonly (number | null)[];
  /** By layer, then by pair. */
  readonly layers: Readonly<Record<string, readonly (number | null)[]>>;
  /** L2 norms of the gradients of λᵢ Lᵢ, by task. */
  readonly norms: readonly number[];
  /** λ, by task. */
  readonly lossWeights: readonly number[];
  /** What the strategy multiplied each gradient by, by task. */
  readonly strategyWeights: readonly number[];
}

/** Four digits: what a picture and a reader can use, and a third of the log's size. */
const digits = 4;

/** The record of a step that was taken. Reads the result's arrays, which the next step overwrites. */
export function conflictRecord(step: Pick<MultiTaskStep, 'tasks' | 'layers'>, at: number, result: MultiTaskStepResult): ConflictRecord {
  const { tasks, layers } = step;
  const count = tasks.length;
  const { gram, layerGrams, lossWeights, strategyWeights } = result.measures;
  const rounded = (values: ArrayLike<number>) => Array.from(values, (value) => Number(value.toPrecision(digits)));
  return {
    step: at,
    tasks,
    cosines: pairCosines(gram, count),
    layers: Object.fromEntries(
      layers.map((name, layer) => [name, pairCosines(layerGrams.subarray(layer * count * count, (layer + 1) * count * count), count)]),
    ),
    norms: rounded(Array.from(tasks, (_, task) => Math.sqrt(gram[task * count + task]!))),
    lossWeights: rounded(lossWeights),
    strategyWeights: rounded(strategyWeights),
  };
}

/** Places of the pairs, in the order of {@link ConflictRecord.cosines}. */
export function taskPairs(tasks: number): (readonly [number, number])[] {
  const pairs: (readonly [number, number])[] = [];
  for (let i = 0; i < tasks; i++) for (let j = i + 1; j < tasks; j++) pairs.push([i, j]);
  return pairs;
}

function pairCosines(gram: ArrayLike<number>, tasks: number): (number | null)[] {
  const cosines = cosinesOf(gram, tasks);
  return taskPairs(tasks).map(([i, j]) =>
    cosines[i * tasks + i] === 0 || cosines[j * tasks + j] === 0 ? null : Number(cosines[i * tasks + j]!.toFixed(digits)),
  );
}
