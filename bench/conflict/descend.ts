import type { GradientStrategy } from '../../src/learn/tensor/gradient-strategy.ts';
import { compileMultiTaskStep } from '../../src/learn/tensor/multi-task-step.ts';
import { adam } from '../../src/learn/tensor/optimizers/adam.ts';
import { constantSchedule } from '../../src/learn/tensor/optimizers/schedule.ts';
import { fixedWeights } from '../../src/learn/training/loss-weights/fixed-weights.ts';
import type { Point } from './pareto-front.ts';
import { toyLosses } from './toy-problem.ts';

/** One descent. */
export interface Descent {
  readonly strategy: string;
  readonly start: Point;
  readonly end: Point;
  /** Every hundredth point, the start and the end. */
  readonly path: readonly Point[];
}

const keepEvery = 100;

/**
 * Descends from a start with the training engine: Adam at 1e-3, float32, as in the authors' code.
 *
 * @param lossWeights of the two losses
 */
export async function descend(
  strategy: GradientStrategy,
  start: Point,
  steps: number,
  lossWeights: readonly [number, number],
  seed: number,
): Promise<Descent> {
  const step = await compileMultiTaskStep({
    losses: toyLosses(start),
    strategy,
    weights: fixedWeights(lossWeights),
    optimizer: adam(),
    learningRate: constantSchedule(1e-3),
    explodingNorm: Number.MAX_VALUE,
    seed,
    threads: 1,
  });
  try {
    const place = (): Point => {
      const { parameters } = step.state();
      return [parameters[0]!, parameters[1]!];
    };
    const path: Point[] = [place()];
    for (let at = 1; at <= steps; at++) {
      await step.run({});
      if (at % keepEvery === 0 || at === steps) path.push(place());
    }
    return { strategy: strategy.name, start, end: place(), path };
  } finally {
    await step.close();
  }
}
