import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { taskBatch, threeTasks } from '../tensor/multi-task-run.fixture.ts';
import { compileMultiTaskStep, type MultiTaskStep } from '../tensor/multi-task-step.ts';
import { adam } from '../tensor/optimizers/adam.ts';
import { constantSchedule } from '../tensor/optimizers/schedule.ts';
import { readCheckpoint, writeCheckpoint, type RunProgress } from './checkpoint.ts';
import { gradientStrategySchema, makeGradientStrategy } from './gradient-conflict/strategy-config.ts';
import { lossWeightsSchema, makeLossWeighting } from './loss-weights/loss-weights-config.ts';

const progress: RunProgress = { epoch: 0, batchInEpoch: 4, epochLossSum: 1, best: null, validationsSinceBest: 0, finished: false };

const compile = (weights: object): Promise<MultiTaskStep> => {
  const losses = threeTasks();
  return compileMultiTaskStep({
    losses,
    strategy: makeGradientStrategy(gradientStrategySchema.parse({ kind: 'gradvac', beta: 0.2 })),
    weights: makeLossWeighting(lossWeightsSchema.parse(weights), Object.keys(losses)),
    optimizer: adam(),
    learningRate: constantSchedule(1e-2),
    seed: 5,
  });
};

it.each([{ kind: 'uncertainty', learningRate: 0.05 }, { kind: 'gradnorm' }, { kind: 'dwa', everySteps: 2 }])(
  'a run that goes on from a checkpoint ends with the bytes of the unbroken one: gradvac, $kind',
  async (weights) => {
    const folder = await mkdtemp(join(tmpdir(), 'nisus-tasks-'));
    const [unbroken, resumed] = [await compile(weights), await compile(weights)];
    try {
      const path = join(folder, 'checkpoint.safetensors');
      for (let step = 1; step <= 5; step++) await unbroken.run(taskBatch(step));
      await writeCheckpoint(path, unbroken.layout, unbroken.state(), progress, { data: 'any' });
      const { state } = await readCheckpoint(path, resumed.layout, adam().state, { data: 'any' });
      expect(state.tasks).toEqual(unbroken.state().tasks);
      resumed.restore(state);
      for (let step = 6; step <= 9; step++) {
        await unbroken.run(taskBatch(step));
        await resumed.run(taskBatch(step));
      }
      expect(Buffer.from(resumed.state().parameters.buffer)).toEqual(Buffer.from(unbroken.state().parameters.buffer));
      expect(resumed.state().tasks).toEqual(unbroken.state().tasks);
    } finally {
      await unbroken.close();
      await resumed.close();
      await rm(folder, { recursive: true });
    }
  },
);
