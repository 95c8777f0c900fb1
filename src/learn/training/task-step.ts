import { compileTrainingStep, type TrainingStep, type TrainingStepOptions } from '../tensor/training-step.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { weightedSum } from './task-loss.ts';
import type { LoopStep } from './training-loop.ts';

/** A step over several losses. */
export interface TaskStep extends LoopStep, Pick<TrainingStep, 'close'> {}

/**
 * Makes the step of a run from the scalar loss of each task. This is where gradient strategies and loss weights that move
 * come in: anything that turns losses into a step will do.
 *
 * @param options all else that a step is made of, ready
 */
export type CompileTaskStep = (losses: Readonly<Record<string, Tensor>>, options: Omit<TrainingStepOptions, 'loss'>) => Promise<TaskStep>;

/** The step of Σ weight · loss with weights that stay, in one graph. */
export function fixedWeightStep(weights: Readonly<Record<string, number>>): CompileTaskStep {
  return async (losses, options) => {
    const fetch = Object.fromEntries(Object.entries(losses).map(([task, loss]) => [`loss/${task}`, loss]));
    const step = await compileTrainingStep({ ...options, loss: weightedSum(losses, weights), fetch: { ...options.fetch, ...fetch } });
    return {
      ...step,
      async run(feeds, tableIds) {
        const result = await step.run(feeds, tableIds);
        const valueOf = (task: string) => Number(result.fetched[`loss/${task}`]!.data[0]);
        return { ...result, losses: Object.fromEntries(Object.keys(losses).map((task) => [task, valueOf(task)])) };
      },
    };
  };
}
