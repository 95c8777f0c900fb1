import { z } from 'zod';
import { NisusError } from '../../../base/error.ts';
import type { LossWeighting } from '../../tensor/loss-weighting.ts';
import { dynamicWeightAverage } from './dynamic-weight-average.ts';
import { fixedWeights } from './fixed-weights.ts';
import { gradNormWeights } from './grad-norm-weights.ts';
import { uncertaintyWeights } from './uncertainty-weights.ts';

/** Loss weights as a declaration. */
export const lossWeightsSchema = z.discriminatedUnion('kind', [
  /** By task; a task that is not named has 1. */
  z.strictObject({ kind: z.literal('fixed'), values: z.record(z.string(), z.number().min(0)).default({}) }),
  /** `gaussian`: tasks whose loss is a squared error. */
  z.strictObject({
    kind: z.literal('uncertainty'),
    learningRate: z.number().positive().default(0.001),
    gaussian: z.array(z.string()).default([]),
  }),
  z.strictObject({
    kind: z.literal('gradnorm'),
    alpha: z.number().min(0).default(1.5),
    learningRate: z.number().positive().default(0.025),
  }),
  /** `everySteps`: steps in a window, an epoch's in the paper. */
  z.strictObject({
    kind: z.literal('dwa'),
    everySteps: z.int().min(1),
    temperature: z.number().positive().default(2),
  }),
]);

/** See {@link lossWeightsSchema}. */
export type LossWeightsConfig = z.infer<typeof lossWeightsSchema>;

/** Thrown when loss weights name a task that there is not. */
export class UnknownTaskError extends NisusError {
  constructor(task: string, tasks: readonly string[]) {
    super('LOSS_WEIGHTS_TASK', `loss weights name task "${task}", but the tasks are ${tasks.map((name) => `"${name}"`).join(', ')}`, {
      fields: { task, tasks },
    });
  }
}

/**
 * The rule of a declaration.
 *
 * @param tasks in the order of the step's losses
 * @throws {UnknownTaskError}
 */
export function makeLossWeighting(config: LossWeightsConfig, tasks: readonly string[]): LossWeighting {
  const placeOf = (task: string) => {
    const place = tasks.indexOf(task);
    if (place < 0) throw new UnknownTaskError(task, tasks);
    return place;
  };
  switch (config.kind) {
    case 'fixed': {
      const values = new Array<number>(tasks.length).fill(1);
      for (const [task, value] of Object.entries(config.values)) values[placeOf(task)] = value;
      return fixedWeights(values);
    }
    case 'uncertainty':
      return uncertaintyWeights({ learningRate: config.learningRate, gaussian: config.gaussian.map(placeOf) });
    case 'gradnorm':
      return gradNormWeights(config);
    case 'dwa':
      return dynamicWeightAverage(config);
  }
}
