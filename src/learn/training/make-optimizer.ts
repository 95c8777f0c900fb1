import { adagrad } from '../tensor/optimizers/adagrad.ts';
import { adam, adamW } from '../tensor/optimizers/adam.ts';
import type { Optimizer } from '../tensor/optimizers/optimizer.ts';
import { constantSchedule, cosineSchedule, linearSchedule, withWarmup, type Schedule } from '../tensor/optimizers/schedule.ts';
import { sgd } from '../tensor/optimizers/sgd.ts';
import type { TrainingConfig } from './training-config.ts';

type OptimizerConfig = TrainingConfig['optimizer'];

/** The update rule of a config. */
export function makeOptimizer(config: OptimizerConfig): Optimizer {
  const { kind, momentum, beta2, weightDecay } = config;
  switch (kind) {
    case 'sgd':
      return sgd({ momentum, weightDecay });
    case 'adam':
      return adam({ beta2 });
    case 'adamw':
      return adamW({ beta2, weightDecay });
    case 'adagrad':
      return adagrad();
  }
}

/** The learning-rate schedule of a config over a run of `steps` steps. */
export function makeSchedule(config: OptimizerConfig, steps: number): Schedule {
  const { learningRate, schedule, warmupSteps } = config;
  const base = {
    constant: constantSchedule(learningRate),
    linear: linearSchedule(learningRate, steps),
    cosine: cosineSchedule(learningRate, steps),
  };
  return warmupSteps > 0 ? withWarmup(base[schedule], warmupSteps) : base[schedule];
}
