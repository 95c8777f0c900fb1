import { stackedMultiTask } from '../../src/learn/models/multi-task/stacked-tasks.ts';
import { rankingStates } from '../../src/learn/models/ranking/ranking-states.ts';
import { adam } from '../../src/learn/tensor/optimizers/adam.ts';
import { compileTrainingStep } from '../../src/learn/tensor/training-step.ts';
import { taskLosses, weightedSum } from '../../src/learn/training/task-loss.ts';
import { benchConfig, benchVocabulary, feedTasks } from '../score-1000/bench-ranker.ts';
import { rankerBatches, rankerBatchCount } from './ranker-batches.ts';

/**
 * Times steps of HSTU with PLE over nine tasks, as the trainer builds it, by Adam.
 *
 * @returns milliseconds of each counted step
 */
export async function timeRanker(given: {
  readonly steps: number;
  readonly warmup: number;
  readonly seed: number;
  readonly threads: number;
}): Promise<number[]> {
  const config = benchConfig(feedTasks);
  const { logits } = stackedMultiTask(config.tasks, rankingStates(config, benchVocabulary, 'training'), feedTasks, 'training');
  const loss = weightedSum(taskLosses(logits), Object.fromEntries(feedTasks.map((task) => [task, 1])));
  const step = await compileTrainingStep({ loss, optimizer: adam(), learningRate: () => 1e-3, seed: given.seed, threads: given.threads });
  const batches = rankerBatches(given.seed, rankerBatchCount);
  const times: number[] = [];
  for (let count = 0; count < given.warmup + given.steps; count++) {
    const start = performance.now();
    const { loss: value } = await step.run(batches[count % batches.length]!);
    times.push(performance.now() - start);
    if (!Number.isFinite(value)) throw new Error(`loss is ${value}`);
  }
  return times.slice(given.warmup);
}
